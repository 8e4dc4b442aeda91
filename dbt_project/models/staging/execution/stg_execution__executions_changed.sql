with source as (
    select
        execution_id,
        version,
        _row_hash,
        _delivery_id,
        _line,
        _business_date,
        row_number() over (
            partition by execution_id, version
            order by _load_sequence, _line
        ) as delivery_number
    from {{ source("execution", "executions") }}
),

first_deliveries as (
    select * from source
    where delivery_number = 1
),

renamed as (
    select
        source.execution_id,
        source.version,
        source._delivery_id as delivery_id,
        source._line as delivery_line,
        source._business_date as delivery_business_date
    from source
    inner join first_deliveries
        on
            source.execution_id = first_deliveries.execution_id
            and source.version = first_deliveries.version
            and source._row_hash <> first_deliveries._row_hash
)

select * from renamed
