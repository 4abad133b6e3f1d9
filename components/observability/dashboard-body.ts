import {
    gatewayMetrics,
    jobMetrics,
    modelMetrics,
    ownMetrics,
    servingApiMetrics,
    servingMetrics,
} from "../../core/config/metrics.ts";
import { jobErrors, type MetricSources, metricsOf, modelSearch, type StackMetric } from "./stack-metrics.ts";

export interface DashboardArgs extends MetricSources {
    readonly region: string;
    readonly alarmArns: readonly string[];
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleHours: number;
    /** Address of the page with the runbooks. */
    readonly help: string;
    /** Whether batch inference makes the lists. If so, the dashboard has no graphs about the campaign. */
    readonly batch: boolean;
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
    const rows = [healthy(args), ...(args.apiName === undefined ? [] : [served(args)]), good(args), worth(args)];
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

/** Returns functions that describe graphs of the stack's metrics. */
function toolsOf(args: DashboardArgs) {
    const lines =
        (metricOf: (name: string) => StackMetric, usualStat: string) =>
        (name: string, label: string, more: object = {}, stat = usualStat): Line => {
            const { namespace, name: metric, dimensions } = metricOf(name);
            return [namespace, metric, ...Object.entries(dimensions).flat(), { label, stat, ...more }];
        };
    const { serving, logged, own, gateway } = metricsOf(args);
    return {
        serving: lines(serving, "Sum"),
        logged: lines(logged, "Sum"),
        own: lines(own, "Maximum"),
        gateway: lines(gateway, "Sum"),
        graph: (title: string, metrics: readonly Line[], period = minutes5, more: object = {}) => ({
            type: "metric",
            properties: {
                ...{ title, region: args.region, view: "timeSeries", period, metrics },
                ...{ yAxis: { left: { min: 0 } }, ...more },
            },
        }),
        /**
         * Returns the given graphs for a stack with a campaign. Returns none for batch inference, because the graphs
         * would have no data.
         */
        ofCampaign: <Graph>(...graphs: readonly Graph[]) => (args.batch ? [] : graphs),
    };
}

const onRight = { yAxis: "right" };

function healthy(args: DashboardArgs) {
    const { serving, graph, ofCampaign } = toolsOf(args);
    const errors = (name: Parameters<typeof jobErrors>[1], label: string) => [
        { expression: jobErrors(args, name), label, period: minutes5 },
    ];
    return {
        heading: `## Health\nRequests, errors, latency and failed jobs. Find help in ${args.help}.`,
        row: [
            ...ofCampaign(
                graph("Successful requests in five minutes", [serving(servingMetrics.successes, "successful")]),
                graph("Errors in five minutes", [
                    serving(servingMetrics.badRequests, "refused or throttled (4xx)"),
                    serving(servingMetrics.failures, "of the service (5xx)"),
                ]),
                graph("Latency, milliseconds", [
                    serving(servingMetrics.latency, "average", {}, "Average"),
                    serving(servingMetrics.latency, "slowest", {}, "Maximum"),
                ]),
            ),
            graph("Failed jobs", [
                errors(jobMetrics.importErrors, "imports"),
                errors(jobMetrics.trainingErrors, "trainings"),
            ]),
            { type: "alarm", properties: { title: "Alarms", alarms: args.alarmArns } },
        ],
    };
}

function served(args: DashboardArgs) {
    const { answeredBy, ...metrics } = servingApiMetrics;
    const { logged, gateway, graph, ofCampaign } = toolsOf(args);
    const hidden = (name: string, id: string) => logged(name, id, { id, visible: false });
    const expression = "100 * (1 - calls / (FILL(asked, 0) + FILL(kept, 0) + FILL(made, 0)))";
    return {
        heading:
            "## API\nSources of the answers, campaign calls saved by caches, and failures. The API should also answer without a campaign.",
        row: [
            graph("Answers in five minutes, by source", [
                ...(args.batch ? [logged(answeredBy.batch, "batch")] : []),
                ...ofCampaign(
                    logged(answeredBy.campaign, "campaign"),
                    logged(answeredBy.cache, "cache"),
                    logged(answeredBy.precomputed, "precomputed"),
                ),
                logged(answeredBy.similar, "similar items"),
                logged(answeredBy.popular, "popular items"),
            ]),
            ...ofCampaign(
                graph(
                    "Campaign calls saved by caches, percent of personal lists",
                    [
                        [{ expression, label: "saved", id: "saved" }],
                        hidden(answeredBy.campaign, "asked"),
                        hidden(answeredBy.cache, "kept"),
                        hidden(answeredBy.precomputed, "made"),
                        logged(metrics.campaignCalls, "calls", { id: "calls", ...onRight }),
                        logged(metrics.prefetchCalls, "calls of the prefetch", onRight),
                    ],
                    hour,
                ),
            ),
            graph("Function duration, milliseconds, and bytes of the answers", [
                logged(metrics.latency, "median", {}, "p50"),
                logged(metrics.latency, "99th percentile", {}, "p99"),
                logged(metrics.bytes, "bytes in five minutes", onRight),
            ]),
            graph("Failures in five minutes", [
                gateway(gatewayMetrics.failures, "answers (5xx)"),
                ...ofCampaign(logged(metrics.campaignFailures, "campaign calls")),
                logged(metrics.tableFailures, "table calls"),
                logged(metrics.tablesFailures, "loads of tables"),
                gateway(gatewayMetrics.requests, "requests", onRight),
            ]),
        ],
    };
}

function good(args: DashboardArgs) {
    const { own, graph } = toolsOf(args);
    // A dynamic label: for each line of the graph, CloudWatch replaces the placeholder with that line's dimension.
    const model = (name: string): Line => [
        { expression: modelSearch(args, name, hour), label: `${name} \${PROP('Dim.SolutionVersion')}`, period: hour },
    ];
    const drop = "NDCG@10, percent below the previous version";
    return {
        heading:
            "## Quality\nPersonalize's metrics for each version, and the age of the data. Published by `npm run publish-metrics`; `npm run versions` names the one that serves.",
        row: [
            graph("Solution versions", modelMetrics.map(model), hour),
            graph(drop, [own(ownMetrics.ndcgDrop, "drop")], hour),
            graph("Age of the interactions, hours", [own(ownMetrics.dataAge, "age")], hour),
        ],
    };
}

function worth(args: DashboardArgs) {
    const { idleHours, monthlyLimitUsd } = args;
    const { own, logged, serving, graph, ofCampaign } = toolsOf(args);
    const annotation = (label: string, value: number) => ({ annotations: { horizontal: [{ label, value }] } });
    const perThousand = "IF(requests > 0, 1000 * cost / requests)";
    return {
        heading:
            "## Cost\nCampaign cost of the month against the limit, provisioned against used TPS, and the cost of 1,000 requests. Estimates by the US price.",
        row: [
            graph(
                "Spent this month, US dollars",
                [own(ownMetrics.monthSpend, "spent")],
                hour,
                annotation("limit", monthlyLimitUsd),
            ),
            ...(args.apiName === undefined
                ? []
                : [graph("Events in five minutes", [logged(servingApiMetrics.events, "events")])]),
            ...ofCampaign(
                graph("Transactions per second", [
                    own(ownMetrics.provisionedTPS, "provisioned"),
                    own(ownMetrics.usedTPS, "used"),
                ]),
                graph(
                    "Hours",
                    [
                        own(ownMetrics.idleHours, "idle"),
                        own(ownMetrics.campaignAge, "since the campaign's creation", onRight),
                    ],
                    hour,
                    annotation("idle", idleHours),
                ),
                graph(
                    "US dollars per 1,000 requests",
                    [
                        [{ expression: perThousand, label: "per 1,000 requests", id: "each" }],
                        own(ownMetrics.hourlyCost, "per hour", { id: "cost", ...onRight }, "Average"),
                        serving(servingMetrics.successes, "requests in the hour", { id: "requests", visible: false }),
                    ],
                    hour,
                ),
            ),
        ],
    };
}

/** Returns the dashboard's URL; each partition has its own console host. */
export function dashboardUrl(partition: string, region: string, name: string): string {
    const host =
        { "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com" }[partition] ??
        `${region}.console.aws.amazon.com`;
    return `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
