import {
    gatewayMetrics,
    guardMetrics,
    jobMetrics,
    modelMetrics,
    ownMetrics,
    servingApiMetrics,
    servingMetrics,
} from "../../config/metrics.ts";
import {
    gatewayMetric,
    jobErrors,
    loggedMetric,
    type MetricSources,
    modelSearch,
    ownMetric,
    type StackMetric,
    servingMetric,
} from "./stack-metrics.ts";

export interface DashboardArgs extends MetricSources {
    readonly region: string;
    readonly alarmArns: readonly string[];
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleHours: number;
    /** Whether batch inference makes the lists. If so, the dashboard has no graphs about the campaign. */
    readonly batch: boolean;
}

interface Shown {
    readonly label: string;
    readonly stat?: string;
    readonly yAxis?: "right";
    readonly id?: string;
    readonly visible?: boolean;
}

/** One metric in the dashboard's body: namespace, name, dimensions, options. */
type Line = readonly unknown[];

const columns = 24;
const height = 6;
const headingHeight = 2;
const minutes5 = 300;
const hour = 3600;

/**
 * Returns the body of the dashboard: one row of graphs each for health, the API (if the stack has one), quality and
 * cost (CloudWatch API Reference, "Dashboard body structure and syntax").
 */
export function dashboardBody(args: DashboardArgs): object {
    const rows = [healthy(args), ...(args.api ? [served(args, args.api)] : []), good(args), worth(args)];
    const widgets = rows.flatMap(({ heading, row }, index) => {
        const y = index * (headingHeight + height);
        const width = Math.floor(columns / row.length);
        return [
            { type: "text", x: 0, y, width: columns, height: headingHeight, properties: { markdown: heading } },
            ...row.map((widget, place) => ({ ...widget, x: place * width, y: y + headingHeight, width, height })),
        ];
    });
    return { start: "-P7D", widgets };
}

function healthy(args: DashboardArgs) {
    const serving = (name: string, shown: Shown) => line(servingMetric(args, name), shown);
    const errors = (expression: string, label: string) => [{ expression, label, period: minutes5 }];
    return {
        heading: "## Health\nRequests, errors, latency and failed jobs. Find help in docs/runbooks.md.",
        row: [
            ...ofCampaign(
                args,
                graph(args, "Successful requests in five minutes", [
                    serving(servingMetrics.successes, { label: "successful", stat: "Sum" }),
                ]),
                graph(args, "Errors in five minutes", [
                    serving(servingMetrics.badRequests, { label: "refused or throttled (4xx)", stat: "Sum" }),
                    serving(servingMetrics.failures, { label: "of the service (5xx)", stat: "Sum" }),
                ]),
                graph(args, "Latency, milliseconds", [
                    serving(servingMetrics.latency, { label: "average", stat: "Average" }),
                    serving(servingMetrics.latency, { label: "slowest", stat: "Maximum" }),
                ]),
            ),
            graph(args, "Failed jobs", [
                errors(jobErrors(args, jobMetrics.importErrors), "imports"),
                errors(jobErrors(args, jobMetrics.trainingErrors), "trainings"),
            ]),
            { type: "alarm", properties: { title: "Alarms", alarms: args.alarmArns } },
        ],
    };
}

function served(args: DashboardArgs, api: NonNullable<MetricSources["api"]>) {
    const {
        answeredBy,
        campaignCalls,
        prefetchCalls,
        campaignFailures,
        tableFailures,
        tablesFailures,
        latency,
        bytes,
    } = servingApiMetrics;
    const logged = (name: string, shown: Shown) => line(loggedMetric(args, name), shown);
    const summed = (name: string, label: string) => logged(name, { label, stat: "Sum" });
    const hidden = (name: string, id: string) => logged(name, { label: id, stat: "Sum", id, visible: false });
    return {
        heading:
            "## API\nSources of the answers, campaign calls saved by caches, and failures. The API should also answer without a campaign.",
        row: [
            graph(args, "Answers in five minutes, by source", [
                ...(args.batch
                    ? [summed(answeredBy.batch, "batch")]
                    : [
                          summed(answeredBy.campaign, "campaign"),
                          summed(answeredBy.cache, "cache"),
                          summed(answeredBy.precomputed, "precomputed"),
                      ]),
                summed(answeredBy.similar, "similar films"),
                summed(answeredBy.popular, "popular films"),
            ]),
            ...ofCampaign(
                args,
                graph(
                    args,
                    "Campaign calls saved by caches, percent of personal lists",
                    [
                        [
                            {
                                expression: "100 * (1 - calls / (FILL(asked, 0) + FILL(kept, 0) + FILL(made, 0)))",
                                label: "saved",
                                id: "saved",
                            },
                        ],
                        hidden(answeredBy.campaign, "asked"),
                        hidden(answeredBy.cache, "kept"),
                        hidden(answeredBy.precomputed, "made"),
                        logged(campaignCalls, { label: "calls", stat: "Sum", id: "calls", yAxis: "right" }),
                        logged(prefetchCalls, { label: "calls of the prefetch", stat: "Sum", yAxis: "right" }),
                    ],
                    hour,
                ),
            ),
            graph(args, "Function duration, milliseconds, and bytes of the answers", [
                logged(latency, { label: "median", stat: "p50" }),
                logged(latency, { label: "99th percentile", stat: "p99" }),
                logged(bytes, { label: "bytes in five minutes", stat: "Sum", yAxis: "right" }),
            ]),
            graph(args, "Failures in five minutes", [
                line(gatewayMetric(api, gatewayMetrics.failures), { label: "answers (5xx)", stat: "Sum" }),
                ...(args.batch ? [] : [summed(campaignFailures, "campaign calls")]),
                summed(tableFailures, "table calls"),
                summed(tablesFailures, "loads of tables"),
                line(gatewayMetric(api, gatewayMetrics.requests), { label: "requests", stat: "Sum", yAxis: "right" }),
            ]),
        ],
    };
}

function good(args: DashboardArgs) {
    const own = (name: string, shown: Shown) => line(ownMetric(args, name), shown);
    // A dynamic label: for each line of the graph, CloudWatch replaces the placeholder with that line's dimension.
    const model = (name: string): Line => [
        { expression: modelSearch(args, name, hour), label: `${name} \${PROP('Dim.SolutionVersion')}`, period: hour },
    ];
    return {
        heading:
            "## Quality\nPersonalize's metrics for each version, and the age of the data. Published by `npm run publish-metrics`; `npm run versions` names the one that serves.",
        row: [
            graph(args, "Solution versions", modelMetrics.map(model), hour),
            graph(
                args,
                "NDCG@10, percent below the previous version",
                [own(ownMetrics.ndcgDrop, { label: "drop", stat: "Maximum" })],
                hour,
            ),
            graph(
                args,
                "Age of the interactions, hours",
                [own(ownMetrics.dataAge, { label: "age", stat: "Maximum" })],
                hour,
            ),
        ],
    };
}

function worth(args: DashboardArgs) {
    const { idleHours, monthlyLimitUsd } = args;
    const own = (name: string, shown: Shown) => line(ownMetric(args, name), shown);
    return {
        heading:
            "## Cost\nCampaign cost of the month against the limit, provisioned against used TPS, and the cost of 1,000 requests. Estimates by the US price.",
        row: [
            graph(
                args,
                "Spent this month, US dollars",
                [own(ownMetrics.monthSpend, { label: "spent", stat: "Maximum" })],
                hour,
                annotation("limit", monthlyLimitUsd),
            ),
            ...(args.api
                ? [
                      graph(args, "Requests in the last hour, US dollars, and events in five minutes", [
                          own(guardMetrics.requestsCost, { label: "requests", stat: "Maximum" }),
                          line(loggedMetric(args, servingApiMetrics.events), {
                              label: "events",
                              stat: "Sum",
                              yAxis: "right",
                          }),
                      ]),
                  ]
                : []),
            ...ofCampaign(
                args,
                graph(args, "Transactions per second", [
                    own(ownMetrics.provisionedTPS, { label: "provisioned", stat: "Maximum" }),
                    own(ownMetrics.usedTPS, { label: "used", stat: "Maximum" }),
                ]),
                graph(
                    args,
                    "Hours",
                    [
                        own(ownMetrics.idleHours, { label: "idle", stat: "Maximum" }),
                        own(ownMetrics.campaignAge, {
                            label: "since the campaign's creation",
                            stat: "Maximum",
                            yAxis: "right",
                        }),
                    ],
                    hour,
                    annotation("idle", idleHours),
                ),
                graph(
                    args,
                    "US dollars per 1,000 requests",
                    [
                        [
                            {
                                expression: "IF(requests > 0, 1000 * cost / requests)",
                                label: "per 1,000 requests",
                                id: "each",
                            },
                        ],
                        own(ownMetrics.hourlyCost, { label: "per hour", stat: "Average", id: "cost", yAxis: "right" }),
                        line(servingMetric(args, servingMetrics.successes), {
                            label: "requests in the hour",
                            stat: "Sum",
                            id: "requests",
                            visible: false,
                        }),
                    ],
                    hour,
                ),
            ),
        ],
    };
}

/**
 * Returns the given graphs for a stack with a campaign. Returns none for batch inference, because the graphs would have
 * no data.
 */
const ofCampaign = ({ batch }: DashboardArgs, ...graphs: readonly ReturnType<typeof graph>[]) => (batch ? [] : graphs);

const line = ({ namespace, name, dimensions }: StackMetric, shown: Shown): Line => [
    namespace,
    name,
    ...Object.entries(dimensions).flat(),
    shown,
];

const annotation = (label: string, value: number) => ({ annotations: { horizontal: [{ label, value }] } });

function graph(
    { region }: DashboardArgs,
    title: string,
    metrics: readonly Line[],
    period = minutes5,
    more: object = {},
) {
    const properties = { title, region, view: "timeSeries", period, metrics, yAxis: { left: { min: 0 } }, ...more };
    return { type: "metric", properties };
}

/** Returns the dashboard's URL; each partition has its own console host. */
export function dashboardUrl(partition: string, region: string, name: string): string {
    const host =
        { "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com" }[partition] ??
        `${region}.console.aws.amazon.com`;
    return `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
