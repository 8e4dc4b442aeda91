{# Part of a movement's amount that belongs to its units up to a boundary, within CTE `sides` (units_to, quantity). The
   whole movement gives the whole amount, untouched by division. #}
{% macro share_of(amount, boundary) -%}
    case
        when {{ boundary }} = sides.units_to then {{ amount }}
        else {{ money(
            "cast(" ~ amount ~ " as double) * cast(" ~ boundary
            ~ " - (sides.units_to - sides.quantity) as double) / cast(sides.quantity as double)"
        ) }}
    end
{%- endmacro %}
