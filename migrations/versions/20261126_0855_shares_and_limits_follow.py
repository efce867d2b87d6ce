"""let no commit leave an allowance, a limit or a share other than its parts

The lender's allowance is the sum of its loans' parts, kept as a total that the database counts itself; what a day's chunk books stands in the chunk's row. A person's and a seller's limit is used by what
is held and owed. A sales share takes of a release at most its share. A suspended line of a statement is cleared once, a payer's rest and a subsidy given back say their amounts. Stop the mall before it: the
previous release does not write these.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "shares_and_limits_follow"
down_revision = "rows_age"
branch_labels = None
depends_on = None

ALLOWANCE = """
create function standing_counts() returns trigger language plpgsql security definer as $$
begin
  if tg_op = 'INSERT' then
    insert into allowance_total as t (book, currency, amount)
      select f.book, f.currency, sum(f.allowance) from fresh f group by 1, 2 having sum(f.allowance) <> 0
      on conflict (book, currency) do update set amount = t.amount + excluded.amount;
  elsif tg_op = 'UPDATE' then
    update allowance_total t set amount = t.amount + c.change
      from (select x.book, x.currency, sum(x.allowance) as change from (
              select book, currency, allowance from fresh union all select book, currency, -allowance from stale) x
             group by 1, 2 having sum(x.allowance) <> 0) c
     where t.book = c.book and t.currency = c.currency;
  else
    update allowance_total t set amount = t.amount - c.change
      from (select s.book, s.currency, sum(s.allowance) as change from stale s group by 1, 2 having sum(s.allowance) <> 0) c
     where t.book = c.book and t.currency = c.currency;
  end if;
  return null;
end $$;
create trigger standing_counts_new after insert on loan_standing
  referencing new table as fresh for each statement execute function standing_counts();
create trigger standing_counts after update on loan_standing
  referencing old table as stale new table as fresh for each statement execute function standing_counts();
create trigger standing_counts_gone after delete on loan_standing
  referencing old table as stale for each statement execute function standing_counts();
create function allowance_must_add_up(p_book text, p_currency text) returns void language plpgsql security definer as $$
begin
  if coalesce((select t.amount from allowance_total t where t.book = p_book and t.currency = p_currency), 0)
     <> coalesce((select a.credits_posted - a.debits_posted from ledger_account a
                   where a.path = '1600:loss_allowance:' || p_book and a.currency = p_currency), 0) then
    raise exception 'the allowance of % is not the sum of its parts', p_book using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function allowance_adds_up() returns trigger language plpgsql as $$
begin
  perform allowance_must_add_up(new.book, new.currency);
  return null;
end $$;
create constraint trigger allowance_adds_up after insert or update on allowance_total
  deferrable initially deferred for each row execute function allowance_adds_up();
"""
LIMITS = """
create function claim_adds_up() returns trigger language plpgsql as $$
begin
  perform limit_must_add_up(new.person_id);
  if tg_table_name = 'claim' then
    perform claim_must_add_up(new.ref);
  end if;
  return null;
end $$;
create function limit_must_add_up(p_person bigint) returns void language plpgsql security definer as $$
begin
  if coalesce((select e.used from exposure e where e.person_id = p_person), 0)
     <> (select coalesce(sum(c.amount), 0) from claim c where c.person_id = p_person) then
    raise exception 'the limit of person % is not used by what is claimed', p_person using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function claim_must_add_up(p_ref text) returns void language plpgsql security definer as $$
begin
  if exists (select from claim c left join loan l on l.checkout_number = c.ref
       where c.ref = p_ref and (c.state in ('drawn', 'partly_repaid') or l.id is not null)
         and c.amount is distinct from case when l.charged_off_on is null then (
           select sum(i.principal - i.principal_paid) from installment i where i.loan_id = l.id) else 0 end) then
    raise exception 'claim % is not what its loan owes', p_ref using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create constraint trigger claim_adds_up after insert or update of amount, state on claim
  deferrable initially deferred for each row execute function claim_adds_up();
create constraint trigger exposure_adds_up after insert or update of used on exposure
  deferrable initially deferred for each row execute function claim_adds_up();
create function seller_limit_must_add_up(p_seller bigint) returns void language plpgsql security definer as $$
begin
  if (select coalesce(sum(e.used), 0) || ' ' || coalesce(sum(e.held), 0) from seller_exposure e where e.seller_id = p_seller)
     <> (select coalesce(sum(r.amount - r.given) filter (where r.state in ('drawn', 'partly_repaid')), 0) || ' '
              || coalesce(sum(r.amount) filter (where r.state = 'held'), 0) from seller_reservation r where r.seller_id = p_seller)
     or (select coalesce(sum(e.used), 0) from seller_exposure e where e.seller_id = p_seller)
     <> (select coalesce(sum(a.principal - a.principal_paid - a.principal_forgiven), 0) from advance a where a.seller_id = p_seller)
     or exists (select from advance a left join seller_reservation r on r.number = a.number and r.advance_id = a.id
                 where a.seller_id = p_seller and a.state = 'active'
                   and r.amount - r.given is distinct from a.principal - a.principal_paid - a.principal_forgiven) then
    raise exception 'the limit of seller % is not used by what is reserved', p_seller using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function seller_limit_adds_up() returns trigger language plpgsql as $$
begin
  perform seller_limit_must_add_up(new.seller_id);
  return null;
end $$;
create constraint trigger seller_exposure_adds_up after insert or update of used, held on seller_exposure
  deferrable initially deferred for each row execute function seller_limit_adds_up();
create constraint trigger seller_reservation_adds_up after insert or update of given, state, advance_id on seller_reservation
  deferrable initially deferred for each row execute function seller_limit_adds_up();
create constraint trigger advance_is_reserved after insert or update of principal_paid, principal_forgiven on advance
  deferrable initially deferred for each row execute function seller_limit_adds_up();
"""
SHARE = """
create function share_stays_within() returns trigger language plpgsql as $$
begin
  if new.reason = 'share' and not exists (
       select from advance a join settlement_line g on g.order_number = new.order_number and g.seller_id = a.seller_id and g.step = 0
         join settlement_line s on s.order_id = g.order_id and s.reason = 'sales_share' and s.contract = a.number
        where a.id = new.advance_id and s.amount = new.principal + new.fee
          and s.amount * 1000000 <= g.amount * a.share_max_ppm + 500000
          and a.share_max_ppm <= greatest(a.share_agreed_ppm, coalesce((
            select max((e.data->>'share_ppm')::int) from advance_event e where e.advance_id = a.id and e.kind = 'minimum_missed'), 0))) then
    raise exception 'advance % took more than its share of %', new.advance_id, new.order_number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger remittance_stays_within after insert on remittance
  deferrable initially deferred for each row execute function share_stays_within();
"""
ONCE = """
create function bank_line_says_once() returns trigger language plpgsql as $$
begin
  if old.cleared is not null and new.cleared is distinct from old.cleared or old.rest <> 0 and new.rest <> old.rest then
    raise exception 'line % has found its place', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger bank_line_says_once before update of cleared, rest on bank_line
  for each row execute function bank_line_says_once();
create function subsidy_adds_up() returns trigger language plpgsql as $$
begin
  if exists (select from subsidy s where s.id = new.id and s.backs is not null and (
       s.given_back <> (select coalesce(sum(b.amount::bigint), 0) from jsonb_each_text(s.backs) b (refund, amount))
       or exists (select from jsonb_each_text(s.backs) b (refund, amount) where not exists (
            select from refund r join orders o on o.id = r.order_id
             where r.number = b.refund and o.number = s.order_number and r.state in ('accepted', 'settled', 'failed')))
       or s.returned > (select coalesce(sum(r.amount), 0) from refund r join orders o on o.id = r.order_id
                         where o.number = s.order_number and r.state in ('accepted', 'settled', 'failed')))) then
    raise exception 'the subsidy of order % gave back what did not come back', new.order_number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger subsidy_adds_up after insert or update of returned, given_back, backs on subsidy
  deferrable initially deferred for each row execute function subsidy_adds_up();
create function subsidy_stays() returns trigger language plpgsql as $$
begin
  if not new.backs @> old.backs then
    raise exception 'what subsidy % gave back stays', old.order_number using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger subsidy_stays before update of backs on subsidy for each row execute function subsidy_stays();
"""
# the account that the fee's journal moved asks the same; the day does that by the thousand
FALLEN_DUE = """
create or replace function loan_adds_up() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'loan' then
    perform loan_must_add_up(new.number);
    return null;
  elsif tg_table_name = 'installment' and tg_op = 'UPDATE' then
    if (old.principal, old.fee, old.late_fee, old.principal_paid, old.fee_paid, old.late_fee_paid)
         = (new.principal, new.fee, new.late_fee, new.principal_paid, new.fee_paid, new.late_fee_paid)
       and (new.accrued_on = old.accrued_on or old.accrued_on is null and new.accrued_on is not null and (new.fee = 0 or exists (
         select from installment i join loan l on l.id = i.loan_id
           join ledger_journal j on j.idempotency_key = 'loan:' || l.number || ':due:' || i.number
          where i.id = new.id and j.xmin = i.xmin))) then
      return null;
    end if;
  end if;
  perform loan_must_add_up(l.number) from loan l where l.id = new.loan_id;
  return null;
end $$;
"""
TRIGGERS = {
    "standing_counts_new": "loan_standing",
    "standing_counts": "loan_standing",
    "standing_counts_gone": "loan_standing",
    "claim_adds_up": "claim",
    "exposure_adds_up": "exposure",
    "seller_exposure_adds_up": "seller_exposure",
    "seller_reservation_adds_up": "seller_reservation",
    "advance_is_reserved": "advance",
    "remittance_stays_within": "remittance",
    "bank_line_says_once": "bank_line",
    "subsidy_adds_up": "subsidy",
    "subsidy_stays": "subsidy",
}
FUNCTIONS = (
    "standing_counts()",
    "allowance_must_add_up(text, text)",
    "claim_adds_up()",
    "limit_must_add_up(bigint)",
    "claim_must_add_up(text)",
    "seller_limit_must_add_up(bigint)",
    "seller_limit_adds_up()",
    "share_stays_within()",
    "bank_line_says_once()",
    "subsidy_adds_up()",
    "subsidy_stays()",
)


def _before(name: str) -> str:
    """What the migration of the checks of loans wrote."""
    file = Path(__file__).with_name("20261126_0240_loans_add_up.py")
    spec = spec_from_file_location("loans_add_up", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(getattr(module, name))


def _account() -> str:
    return _before("ACCOUNT").partition("drop trigger")[0]


def _loan() -> str:
    body = _before("LOAN").partition("create function loan_adds_up")[2].partition("create constraint")[0]
    return f"create or replace function loan_adds_up{body}"


_NEXT = "    when new.code = 2120 then"
_MORE = "    when new.code = 1600 then perform allowance_must_add_up(owner_of, new.currency);\n"


def upgrade() -> None:
    op.create_table(
        "allowance_total",
        sa.Column("book", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("book", "currency", name=op.f("pk_allowance_total")),
    )
    op.execute(
        "insert into allowance_total select book, currency, sum(allowance) from loan_standing group by 1, 2"
    )
    rest = sa.Column("rest", sa.BigInteger(), server_default="0", nullable=False)
    backs = sa.Column("backs", JSONB(), server_default="{}", nullable=False)
    for table, column in (
        ("day_chunk", sa.Column("booked", JSONB(), nullable=True)),
        ("bank_line", sa.Column("cleared", sa.String(20), nullable=True)),
        ("bank_line", rest),
        ("subsidy", backs),
    ):
        op.add_column(table, column)
    op.alter_column("bank_line", "rest", server_default=None)
    op.alter_column("subsidy", "backs", server_default=None)
    _say_what_was()
    op.create_check_constraint(
        op.f("ck_bank_line_rest_is_of_it"), "bank_line", "rest between 0 and greatest(amount, 0)"
    )
    op.create_check_constraint(
        op.f("ck_loan_standing_allowance_is_its_rate"),
        "loan_standing",
        "rate_ppm = 0 or allowance = (exposure * rate_ppm + 500000) / 1000000",
    )
    op.execute("""
        create function day_chunk_says() returns trigger language plpgsql as $$
        begin
          if new.booked is null then
            raise exception 'a chunk says what it booked' using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$;
        create trigger day_chunk_says before insert on day_chunk for each row execute function day_chunk_says();
    """)
    account = _account()
    assert account.count(_NEXT) == 1
    for statements in (ALLOWANCE, LIMITS, SHARE, ONCE, FALLEN_DUE, account.replace(_NEXT, _MORE + _NEXT)):
        op.execute(statements.replace(":", "\\:"))


def _say_what_was() -> None:
    """Rows of before say what their journals did."""
    op.execute("""
        update bank_line l set cleared = split_part(j.idempotency_key, '\\:', 3) from ledger_journal j
         where j.kind = 'suspense.cleared' and split_part(j.idempotency_key, '\\:', 2) = l.id\\:\\:text
    """)
    op.execute("""
        update bank_line l set rest = t.amount from ledger_journal j join ledger_transfer t on t.journal_id = j.id
         where j.kind = 'bank.rest' and split_part(j.idempotency_key, '\\:', 2) = l.id\\:\\:text
    """)
    op.execute("""
        update subsidy s set backs = x.backs from (
          select split_part(j.idempotency_key, '\\:', 2) as order_number,
                 jsonb_object_agg(split_part(j.idempotency_key, '\\:', 4), t.amount) as backs
            from ledger_journal j join lateral (
              select sum(amount) as amount from ledger_transfer where journal_id = j.id) t on true
           where j.kind = 'subsidy.given_back' group by 1) x
         where x.order_number = s.order_number
    """)


def downgrade() -> None:
    for statements in (_account(), _loan()):
        op.execute(statements.replace(":", "\\:"))
    for name, table in (TRIGGERS | {"day_chunk_says": "day_chunk"}).items():
        op.execute(f"drop trigger {name} on {table}")
    op.drop_table("allowance_total")
    for function in (*FUNCTIONS, "allowance_adds_up()", "day_chunk_says()"):
        op.execute(f"drop function {function}")
    op.drop_constraint(
        op.f("ck_loan_standing_allowance_is_its_rate"), "loan_standing", type_="check"
    )
    op.drop_constraint(op.f("ck_bank_line_rest_is_of_it"), "bank_line", type_="check")
    for table, column in (
        ("subsidy", "backs"),
        ("bank_line", "rest"),
        ("bank_line", "cleared"),
        ("day_chunk", "booked"),
    ):
        op.drop_column(table, column)
