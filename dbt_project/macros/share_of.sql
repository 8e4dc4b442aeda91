{% macro share_of(amount, boundary) -%}
    case
        when {{ boundary }} = sides.units_to then {{ amount }}
        else {{ money(
            "cast(" ~ amount ~ " as double) * cast(" ~ boundary
            ~ " - (sides.units_to - sides.quantity) as double) / cast(sides.quantity as double)"
        ) }}
    end
{%- endmacro %}
