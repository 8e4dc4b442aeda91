with tests as (
    select * from {{ ref("backtest_tests") }}
),

final as (
    select
        test,
        confidence_level,
        observations,
        significance_level,
        critical_value,
        source,
        valid_from,
        valid_to
    from tests
)

select * from final
