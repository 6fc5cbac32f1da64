-- Coverage over districts that were run apart, from the answers.csv of each: people covered, people in all, percent.
-- DuckDB; $answers is a path or a pattern such as 'districts/*/output/2014-03-20/answers.csv'.
WITH figures AS (
    SELECT filename, school_code, item,
           sum(value::DOUBLE) FILTER (field = 'count') AS covered,
           sum(value::DOUBLE) FILTER (field = 'total') AS total
    FROM read_csv($answers, all_varchar = true, filename = true)
    WHERE counted = 'true' AND field IN ('count', 'total')
    GROUP BY ALL
)
SELECT item, sum(covered) AS covered, sum(total) AS total, 100 * sum(covered) / sum(total) AS percent,
       count(*) AS schools_counted
FROM figures
WHERE covered IS NOT NULL AND total IS NOT NULL
GROUP BY item
ORDER BY item
