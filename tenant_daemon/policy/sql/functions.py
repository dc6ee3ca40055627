"""Database functions that only calculate: they change nothing and reach nothing outside the query."""

from typing import Final

from tenant_daemon.policy.wordlist import word_set

PURE: Final = word_set(
    """
    group vacuum
    count sum avg min max coalesce nullif greatest least round floor ceil ceiling abs mod power sqrt
    sign trunc random lower upper length char_length character_length octet_length trim ltrim rtrim
    btrim substr substring left right replace concat concat_ws position strpos instr lpad rpad
    repeat reverse split_part initcap translate format chr ascii regexp_replace regexp_matches
    regexp_match regexp_like to_char to_date to_timestamp to_number date time datetime strftime
    julianday unixepoch date_trunc date_part date_bin extract age now current_date current_time
    current_timestamp clock_timestamp curdate curtime date_format date_add date_sub datediff
    timestampdiff from_unixtime unix_timestamp year month day hour minute second dayofweek week
    weekday last_day make_date make_interval justify_days interval cast convert if ifnull iif isnull
    nvl case decode exists any all some in values array array_agg array_length array_to_string
    string_agg group_concat json_agg jsonb_agg json_object_agg json_build_object jsonb_build_object
    json_extract json_value json_query json_array_length json_each json_array json_object
    jsonb_array_elements json_array_elements jsonb_array_elements_text jsonb_pretty to_json to_jsonb
    row_to_json json_extract_path_text jsonb_extract_path_text json_group_array json_group_object
    unnest generate_series row_number rank dense_rank ntile lag lead first_value last_value
    percentile_cont percentile_disc stddev variance bool_and bool_or over partition filter within
    grouping sets rollup cube using on as and or not when then else from join where having by union
    select distinct limit offset with lateral intersect except is between like ilike similar
    pg_size_pretty pg_database_size pg_total_relation_size pg_relation_size pg_table_size
    pg_indexes_size pg_stat_get_live_tuples pg_postmaster_start_time pg_is_in_recovery
    pg_get_indexdef pg_get_viewdef pg_get_constraintdef pg_get_expr format_type obj_description
    col_description version current_database current_schema current_user session_user database
    schema user quote_ident to_regclass typeof total_changes changes hex md5 sha1 sha2 crc32 numeric
    decimal varchar char int integer bigint text timestamp boolean float double key index primary
    unique default check references into table only materialized recursive conflict duplicate add
    column columns constraint uuid gen_random_uuid found_rows jsonb_array_length jsonb_each
    jsonb_each_text json_each_text json_object_keys jsonb_object_keys jsonb_typeof json_typeof
    jsonb_strip_nulls jsonb_build_array json_build_array jsonb_path_query jsonb_path_exists
    json_tree json_type json_valid json_keys json_length json_contains json_search json_unquote
    regexp_split_to_table regexp_split_to_array regexp_count regexp_substr regexp_instr
    string_to_array string_to_table starts_with overlay encode to_hex bit_length log ln exp pi
    cume_dist percent_rank nth_value mode every bit_and bit_or cardinality array_position
    array_remove array_append array_cat array_upper array_lower make_timestamp isfinite
    justify_hours statement_timestamp transaction_timestamp localtimestamp localtime width_bucket
    div gcd lcm num_nulls num_nonnulls quote_literal quote_nullable similarity unaccent ts_headline
    to_tsvector to_tsquery plainto_tsquery websearch_to_tsquery ts_rank pg_column_size
    pg_get_serial_sequence pg_backend_pid pg_tablespace_size pg_current_wal_lsn pg_wal_lsn_diff
    pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp has_table_privilege
    daterange tsrange numrange var_pop var_samp stddev_pop stddev_samp corr weekofyear dayname
    monthname dayofmonth dayofyear quarter yearweek to_days from_days timestampadd addtime subtime
    timediff sec_to_time time_to_sec str_to_date makedate maketime utc_timestamp utc_date sysdate
    field elt find_in_set substring_index lcase ucase space locate mid inet_ntoa inet_aton any_value
    std bin oct conv rand last_insert_id row_count connection_id total printf unicode quote glob
    last_insert_rowid
    jsonb_set jsonb_insert jsonb_set_lax json_set json_insert json_replace json_remove json_patch
    json_merge_patch json_merge_preserve json_arrayagg json_objectagg json_quote json_depth
    jsonb_to_recordset json_to_recordset jsonb_to_record json_to_record json_populate_record
    jsonb_populate_record jsonb_path_query_array jsonb_path_query_first jsonb_path_match jsonb_concat
    array_replace array_prepend array_positions array_lower array_dims array_ndims array_fill trim_array
    int4range int8range tstzrange lower_inf upper_inf isempty make_time make_timestamptz date_subtract
    to_ascii levenshtein soundex metaphone word_similarity ts_rank_cd phraseto_tsquery setweight
    strip_tags currval lastval pg_size_bytes pg_get_functiondef pg_get_triggerdef pg_encoding_to_char
    pg_table_is_visible has_schema_privilege has_database_privilege has_column_privilege pg_conf_load_time
    pg_blocking_pids pg_get_userbyid pg_get_ruledef pg_type_is_visible inet_server_port trim_scale scale
    min_scale regr_slope regr_intercept regr_count array_shuffle array_sample is_ipv4 is_ipv6 inet6_ntoa
    inet6_aton bit_count convert_tz microsecond time_format json_overlaps json_pretty median percentile
    timediff period_diff format_bytes uuid_generate_v4 regexp_instr grouping_id json_array_insert
    json_array_append
    """
)
