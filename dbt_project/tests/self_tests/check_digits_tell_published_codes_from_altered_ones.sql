-- Codes and verdicts are those of the examples of python-stdnum 2.2 and of published LEI samples.
with codes (lei, is_lei_right, isin, is_isin_right) as (
    values
    ('213800KUD8LAJWSQ9D15', true, 'US0378331005', true),
    ('529900T8BM49AURSDO55', true, 'GB00BYXJL758', true),
    ('213800KUD8LXJWSQ9D15', false, 'US0378331003', false)
),

spelled as (
    select
        *,
        {{ letters_as_numbers("lei", 40) }} as lei_digits,
        {{ letters_as_numbers("isin", 24) }} as isin_digits
    from codes
),

computed as (
    select
        *,
        {{ remainder_by_97("lei_digits") }} as lei_remainder,
        {{ luhn_sum("isin_digits") }} as isin_sum
    from spelled
)

select *
from computed
where
    is_lei_right <> (lei_remainder = 1)
    or is_isin_right <> (isin_sum % 10 = 0)
