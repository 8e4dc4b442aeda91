{#- How many published models the project has, or how many of them have what is asked for. -#}
{% macro published_models(having=none) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set tested = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == "test" -%}
            {%- do tested.extend(node.depends_on.nodes) -%}
        {%- endfor -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type == "model" and node.config.meta.get("publish") -%}
                {%- set undescribed = node.columns.values() | rejectattr("description") | list -%}
                {%- set has = {
                    "owner": node.config.meta.get("owner"),
                    "description": node.description and node.columns and not undescribed,
                    "test": node.unique_id in tested,
                    "lineage": node.depends_on.nodes,
                } -%}
                {%- if having is none or has[having] -%}
                    {%- do found.append(node.unique_id) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ found | length }}
{%- endmacro %}
