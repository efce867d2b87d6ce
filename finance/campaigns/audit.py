"""What must hold between campaigns, sellers' prices and the book."""

INVARIANTS = {
    "campaigns: spent is what orders still cost, within the budget": """
        select format('%s: spent %s, orders %s', c.number, c.spent, coalesce(s.agreed, 0))
          from campaign c left join (
            select campaign_id,
                   sum((2 * amount * (financed - returned) + financed) / (2 * financed)) as agreed
              from subsidy group by campaign_id) s on s.campaign_id = c.id
         where c.spent <> coalesce(s.agreed, 0)
    """,
    "campaigns: what sellers paid and is not earned lies in the book": """
        select format('%s: unearned %s, the book %s', s.loan_number, s.unearned,
                      coalesce(a.credits_posted - a.debits_posted, 0))
          from (select loan_number, sum(taken - given_back - earned) as unearned
                  from subsidy group by loan_number) s
          left join ledger_account a on a.path = '2500:unearned_fee:' || s.loan_number
         where s.unearned <> coalesce(a.credits_posted - a.debits_posted, 0)
    """,
}
