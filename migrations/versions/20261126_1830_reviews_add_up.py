"""hold reviews by people to their decision, to two admins, and each override to its review

A large sum needed two only where the row said so itself, and anybody's number counted as an admin's. Deployed while the previous release runs: it writes what passes.
"""

from alembic import op

revision = "reviews_add_up"
down_revision = "buyers_received_before"
branch_labels = None
depends_on = None

REVIEW = """
create function review_is_of_its_decision() returns trigger language plpgsql as $$
declare
  d decision;
begin
  select * into d from decision where id = new.decision_id;
  if d.approved or (d.subject, d.subject_id) <> (new.subject, new.subject_id) or new.amount > d.asked
     or new.needs_two <> (d.asked >= 1000000) or new.due_at > new.created_at + interval '24 hours'
     or tg_op = 'INSERT' and new.state <> 'asked'
     or tg_op = 'UPDATE' and (old.state = 'done'
       or old.state = 'proposed' and new.state <> 'asked'
          and (old.amount, old.reason, old.proposed_by) is distinct from (new.amount, new.reason, new.proposed_by)) then
    raise exception 'review % is not as it was asked for or proposed', new.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger review_is_of_its_decision before insert or update on decision_review
  for each row execute function review_is_of_its_decision();
create function review_ends_in_an_override() returns trigger language plpgsql as $$
begin
  if exists (select from decision_review r
       left join decision_override o on o.decision_id = r.decision_id
       where r.decision_id = new.decision_id and (r.state = 'done') <> (o.id is not null))
     or exists (select from decision_override o
       left join decision_review r on r.decision_id = o.decision_id
       join decision d on d.id = o.decision_id
       where o.decision_id = new.decision_id
         and (r.id is null or (o.subject, o.subject_id, o.amount, o.reason, o.decided_by, o.needs_two, o.product)
                is distinct from (r.subject, r.subject_id, r.amount, r.reason, r.proposed_by, r.needs_two, d.product)
           or exists (select from unnest(array[o.decided_by, o.second_by]) who
                       where who is not null and not exists (select from person p where p.id = who and p.role = 'admin')))) then
    raise exception 'decision % was not overridden as its review says', new.decision_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger review_ends_in_an_override after insert or update of state on decision_review
  deferrable initially deferred for each row execute function review_ends_in_an_override();
create constraint trigger override_ends_a_review after insert on decision_override
  deferrable initially deferred for each row execute function review_ends_in_an_override();
"""


def upgrade() -> None:
    op.execute(REVIEW.replace(":", "\\:"))


def downgrade() -> None:
    op.execute("drop trigger override_ends_a_review on decision_override")
    op.execute("drop trigger review_ends_in_an_override on decision_review")
    op.execute("drop trigger review_is_of_its_decision on decision_review")
    op.execute("drop function review_ends_in_an_override()")
    op.execute("drop function review_is_of_its_decision()")
