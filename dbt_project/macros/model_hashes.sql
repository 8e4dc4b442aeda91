{#- SHA-256 of the files of models, as they are while the project is compiled. A unit test is compiled without them. -#}
{% macro model_hashes(names) -%}
    {%- set hashes = [] -%}
    {%- if execute -%}
        {%- for node in graph.get("nodes", {}).values() -%}
            {%- if node.resource_type == "model" and node.name in names -%}
                {%- do hashes.append((node.name, node.checksum.checksum)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, hash in hashes | sort %}
    select
        '{{ name }}' as model_name,
        '{{ hash }}' as model_sha256
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as string) as model_name,
        cast(null as string) as model_sha256
    {%- endfor %}
{%- endmacro %}
