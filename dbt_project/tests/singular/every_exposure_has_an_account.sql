select exposures.*
from {{ ref("fct_credit_exposures") }} as exposures
left join {{ ref("int_exposure_accounts") }} as exposure_accounts
    on
        exposures.reporting_date = exposure_accounts.reporting_date
        and exposures.exposure_id = exposure_accounts.exposure_id
where
    exposures.exposure_type not in ('derivative', 'securities_financing')
    and (exposures.on_balance_usd <> 0 or exposures.off_balance_usd <> 0)
    and exposure_accounts.exposure_id is null
