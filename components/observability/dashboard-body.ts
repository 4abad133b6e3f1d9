import {
    gatewayMetrics,
    jobMetrics,
    modelMetrics,
    ownMetrics,
    servingApiMetrics,
    servingMetrics,
} from "../../config/metrics.ts";
import {
    gatewayMetric,
    jobErrors,
    type MetricsPlace,
    modelMetric,
    ownMetric,
    type StackMetric,
    servingMetric,
} from "./stack-metrics.ts";

export interface DashboardArgs extends MetricsPlace {
    readonly region: string;
    /** Id of the version that serves, as the program knows it. */
    readonly version: string;
    readonly alarmArns: readonly string[];
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleHours: number;
}

interface Shown {
    readonly label: string;
    readonly stat?: string;
    readonly yAxis?: "right";
    readonly id?: string;
    readonly visible?: boolean;
}

/** As the structure of a dashboard's body has a line: namespace, name, dimensions, options. */
type Line = readonly unknown[];

const columns = 24;
const height = 6;
const headingHeight = 2;
const minutes5 = 300;
const hour = 3600;

/**
 * The dashboard: three questions, and a fourth of a stack with an API, each a row under its heading (CloudWatch API Reference,
 * "Dashboard body structure and syntax").
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
        heading:
            "## Is it healthy?\nRequests, their errors and latency, and the jobs that failed. What to do is in docs/runbooks.",
        row: [
            graph(args, "Requests in five minutes", [
                serving(servingMetrics.requests, { label: "requests", stat: "Sum" }),
            ]),
            graph(args, "Errors in five minutes", [
                serving(servingMetrics.badRequests, { label: "of the asker (4xx)", stat: "Sum" }),
                serving(servingMetrics.failures, { label: "of the service (5xx)", stat: "Sum" }),
            ]),
            graph(args, "Latency, milliseconds", [
                serving(servingMetrics.latency, { label: "average", stat: "Average" }),
                serving(servingMetrics.latency, { label: "slowest", stat: "Maximum" }),
            ]),
            graph(args, "Jobs that failed", [
                errors(jobErrors(args, jobMetrics.importErrors), "imports"),
                errors(jobErrors(args, jobMetrics.trainingErrors), "trainings"),
            ]),
            { type: "alarm", properties: { title: "Alarms", alarms: args.alarmArns } },
        ],
    };
}

function served(args: DashboardArgs, api: NonNullable<MetricsPlace["api"]>) {
    const { answeredBy, campaignCalls, campaignFailures, tableFailures, latency } = servingApiMetrics;
    const own = (name: string, shown: Shown) => line(ownMetric(args, name), shown);
    const summed = (name: string, label: string) => own(name, { label, stat: "Sum" });
    const hidden = (name: string, id: string) => own(name, { label: id, stat: "Sum", id, visible: false });
    return {
        heading:
            "## Is it served?\nWho answers the viewers, how many calls of the campaign the caches save, and what fails. It should answer without a campaign, too.",
        row: [
            graph(args, "Answers in five minutes, by source", [
                summed(answeredBy.campaign, "campaign"),
                summed(answeredBy.cache, "cache"),
                summed(answeredBy.precomputed, "made in advance"),
                summed(answeredBy.similar, "similar films"),
                summed(answeredBy.popular, "popular films"),
            ]),
            graph(
                args,
                "Calls of the campaign saved, percent of personal lists",
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
                    own(campaignCalls, { label: "calls", stat: "Sum", id: "calls", yAxis: "right" }),
                ],
                hour,
            ),
            graph(args, "The function's time, milliseconds", [
                own(latency, { label: "median", stat: "p50" }),
                own(latency, { label: "99 of 100", stat: "p99" }),
            ]),
            graph(args, "What failed in five minutes", [
                line(gatewayMetric(api, gatewayMetrics.failures), { label: "answers (5xx)", stat: "Sum" }),
                summed(campaignFailures, "calls of the campaign"),
                summed(tableFailures, "calls of the table"),
                line(gatewayMetric(api, gatewayMetrics.requests), { label: "requests", stat: "Sum", yAxis: "right" }),
            ]),
        ],
    };
}

function good(args: DashboardArgs) {
    const { version } = args;
    const own = (name: string, shown: Shown) => line(ownMetric(args, name), shown);
    const model = (name: string) => line(modelMetric(args, name, version), { label: name });
    return {
        heading: `## Is it good?\nWhat the service measured of version ${version} when it was trained, and how old the data is. Published by \`npm run publish-metrics\`.`,
        row: [
            graph(args, "The version that serves", modelMetrics.map(model), hour),
            graph(
                args,
                "NDCG@10, percent below the version before",
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
            "## Is it worth it?\nThe month's campaign hours against the limit, what stands ready against what is used, and what a thousand requests cost. Estimates by the US price.",
        row: [
            graph(
                args,
                "Spent this month, US dollars",
                [own(ownMetrics.monthSpend, { label: "spent", stat: "Maximum" })],
                hour,
                mark("limit", monthlyLimitUsd),
            ),
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
                        label: "since the campaign was made",
                        stat: "Maximum",
                        yAxis: "right",
                    }),
                ],
                hour,
                mark("idle", idleHours),
            ),
            graph(
                args,
                "US dollars for 1,000 requests",
                [
                    [
                        {
                            expression: "IF(requests > 0, 1000 * cost / requests)",
                            label: "for 1,000 requests",
                            id: "each",
                        },
                    ],
                    own(ownMetrics.hourlyCost, { label: "an hour", stat: "Average", id: "cost", yAxis: "right" }),
                    line(servingMetric(args, servingMetrics.requests), {
                        ...{ label: "requests in the hour", stat: "Sum", id: "requests", visible: false },
                    }),
                ],
                hour,
            ),
        ],
    };
}

const line = ({ namespace, name, dimensions }: StackMetric, shown: Shown): Line => [
    namespace,
    name,
    ...Object.entries(dimensions).flat(),
    shown,
];

const mark = (label: string, value: number) => ({ annotations: { horizontal: [{ label, value }] } });

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

/** Where a person looks at it. The consoles of the partitions are at different hosts. */
export function dashboardUrl(partition: string, region: string, name: string): string {
    const host =
        { "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com" }[partition] ??
        `${region}.console.aws.amazon.com`;
    return `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
