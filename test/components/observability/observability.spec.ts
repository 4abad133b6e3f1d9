import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Alarm } from "../../../components/observability/alarm.ts";
import {
    alarmCount,
    countAlarmMetrics,
    failuresAlarm,
    selectAlarms,
} from "../../../components/observability/alarms.ts";
import { AuditTrail } from "../../../components/observability/audit-trail.ts";
import { dashboardBody, dashboardUrl } from "../../../components/observability/dashboard-body.ts";
import { Observability } from "../../../components/observability/observability.ts";
import * as metrics from "../../../core/config/metrics.ts";
import { trailRolePolicy, trailRoleTrust } from "../../../core/iam/trail-access.ts";
import { good } from "../../core/config/parsed.ts";
import { declaredResources, requireInputs, settled, tags, useMocks, value } from "../mocks.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const arn = (tail: string) => `arn:aws:personalize:eu-central-1:123456789012:${tail}`;
const place = {
    stack: "dev",
    campaignArn: arn("campaign/films"),
    datasetGroupArn: arn("dataset-group/films"),
    solutionArn: arn("solution/films"),
    apiName: "films-api",
};
const settings = {
    idleHours: 24,
    monthlyLimitUsd: 200,
    maximumNdcgDrop: 15,
    requestsPerSecond: 100,
    eventsPerSecond: 10,
};
const alarms: readonly Alarm[] = [...selectAlarms(place, settings), failuresAlarm("failures")];

const { answeredBy, ...ofRequests } = metrics.servingApiMetrics;
const apiMetrics = [...Object.values(ofRequests), ...Object.values(answeredBy)];

/** All names in core/config/metrics.ts, each with the service that publishes the metric. */
const serviceOfMetric = new Map<string, string>([
    ...[...Object.values(metrics.servingMetrics), ...Object.values(metrics.jobMetrics)].map(
        (name) => [name, metrics.personalizeNamespace] as const,
    ),
    ...Object.values(metrics.gatewayMetrics).map((name) => [name, metrics.gatewayNamespace] as const),
    ...[...Object.values(metrics.ownMetrics), ...metrics.modelMetrics].map(
        (name) => [name, metrics.ownNamespace] as const,
    ),
    ...apiMetrics.map((name) => [name, metrics.functionsNamespace] as const),
]);

interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
        readonly markdown?: string;
        readonly title?: string;
        readonly metrics?: readonly unknown[][];
    };
}

describe("CloudWatch dashboard", () => {
    const widgetsOf = (batch: boolean) =>
        (
            dashboardBody({
                ...place,
                ...{
                    region: "eu-central-1",
                    alarmArns: ["a"],
                    monthlyLimitUsd: 200,
                    idleHours: 24,
                    help: "docs/runbooks.md",
                    batch,
                },
            }) as { widgets: readonly Widget[] }
        ).widgets;
    const widgets = widgetsOf(false);
    const lines = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const named = lines.filter(([first]) => typeof first === "string") as string[][];
    const expressions = lines.flatMap((line) => (line.at(-1) as { expression?: string }).expression ?? []);

    it("the dashboard has four headings and no overlapping widgets", () => {
        const questions = widgets.flatMap(({ properties }) => properties.markdown?.split("\n")[0] ?? []);
        assert.deepEqual(questions, ["## Health", "## API", "## Quality", "## Cost"]);
        for (const [index, one] of widgets.entries()) {
            assert.ok([one.x, one.y, one.width, one.height].every(Number.isInteger), `${one.properties.title}`);
            assert.ok(one.x + one.width <= 24);
            for (const other of widgets.slice(index + 1)) {
                const apart =
                    one.x + one.width <= other.x ||
                    other.x + other.width <= one.x ||
                    one.y + one.height <= other.y ||
                    other.y + other.height <= one.y;
                assert.ok(apart, `${JSON.stringify(one)} lies on ${JSON.stringify(other)}`);
            }
        }
        assert.equal(widgets.filter(({ type }) => type === "alarm").length, 1);
    });

    it("the dashboard shows exactly the metrics of core/config/metrics.ts", () => {
        for (const [namespace, name] of named) assert.equal(serviceOfMetric.get(String(name)), namespace, name);
        const selected = expressions.flatMap(
            (expression) => /(?:SELECT SUM\(|MetricName=")(\w+)/.exec(expression)?.[1] ?? [],
        );
        const { batch } = answeredBy;
        assert.deepEqual(
            new Set([...named.map(([, name]) => name), ...selected, batch]),
            new Set(serviceOfMetric.keys()),
        );
    });

    it("a dashboard for batch inference shows no metrics of a campaign", () => {
        const batch = widgetsOf(true);
        const shown = JSON.stringify(batch);
        assert.ok(shown.includes(answeredBy.batch));
        for (const name of [answeredBy.campaign, ofRequests.campaignCalls, "GetRecommendations", "UsedTPS"]) {
            assert.ok(!shown.includes(`"${name}"`), name);
        }
        assert.ok(batch.every(({ x, width }) => x + width <= 24));
    });

    it("metric expressions on the dashboard use only metrics that the dashboard shows", () => {
        const ids = new Set(named.map((line) => (line.at(-1) as unknown as { id?: string }).id));
        const math = expressions.filter((expression) => !/^SE(LECT|ARCH)/.test(expression));
        assert.equal(math.length, 2);
        for (const word of math.join().match(/\b[a-z]\w*/g) ?? []) assert.ok(ids.has(word), word);
    });

    it("`dashboardUrl` returns the console address of each partition", () => {
        const tail = "/cloudwatch/home?region=r#dashboards/dashboard/d";
        assert.equal(dashboardUrl("aws", "r", "d"), `https://r.console.aws.amazon.com${tail}`);
        assert.equal(dashboardUrl("aws-cn", "r", "d"), `https://console.amazonaws.cn${tail}`);
        assert.equal(dashboardUrl("aws-us-gov", "r", "d"), `https://console.amazonaws-us-gov.com${tail}`);
    });
});

describe("CloudWatch alarms", () => {
    it("the cost estimate counts all alarms, and alarms use only metrics of core/config/metrics.ts", () => {
        assert.equal(alarms.length, alarmCount({ api: true }));
        assert.equal(alarmCount({ api: false }), alarmCount({ api: true }) - 5);
        // CloudWatch bills each metric in an alarm's expression: three metrics for the errors, and two for each failure
        // rate of the API.
        assert.deepEqual([countAlarmMetrics({ api: false }), countAlarmMetrics({ api: true })], [11, 18]);
        for (const { id, watches } of alarms) {
            const watched = "metric" in watches ? [watches.metric] : Object.values(watches.sums);
            for (const { namespace, name } of watched.filter((metric) => metric.namespace !== "AWS/SQS")) {
                assert.equal(serviceOfMetric.get(name), namespace, id);
            }
        }
    });

    it("the stack's configuration determines the alarm thresholds", () => {
        const thresholds = Object.fromEntries(alarms.map(({ id, calls, threshold }) => [id, `${calls} ${threshold}`]));
        assert.equal(thresholds.idle, "at or above 24");
        assert.equal(thresholds.cost, "at or above 160");
        assert.equal(thresholds["quality-drop"], "above 15");
    });

    it("CloudWatch accepts the period and the number of evaluation periods of each alarm", () => {
        for (const { id, period, datapoints, watches } of alarms) {
            assert.ok(period * datapoints.of <= 86_400 && period % 60 === 0, id);
            assert.ok(datapoints.needed >= 1 && datapoints.needed <= datapoints.of, id);
            assert.ok("metric" in watches || /^[a-zA-Z]/.test(watches.expression), id);
        }
    });

    it("each alarm has a section in docs/alarms.md that begins with a command", async () => {
        const [, ...sections] = (await readFile(join(root, "docs", "alarms.md"), "utf8")).split(/^## /m);
        const headings = sections.map((section) => section.slice(0, section.indexOf("\n")));
        assert.deepEqual(headings.sort(), alarms.map(({ id }) => id).sort());
        const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
        for (const section of sections) {
            const [, id, command] = /^([\w-]+)\n\n```sh\nnpm run ([\w-]+)/.exec(section) ?? [];
            assert.ok(command !== undefined && command in scripts, `${section}: npm run ${command}`);
            for (const part of ["Meaning", "Check", "Fix"]) {
                assert.ok(section.includes(`**${part}.**`), `${id}: ${part}`);
            }
        }
    });
});

describe("Observability component", () => {
    const observe = async (values: Record<string, string>) => {
        await useMocks();
        const config = good(values);
        const observability = new Observability("observability", {
            config,
            caller,
            monthlyLimitUsd: 200,
            topicArn: "arn:topic",
        });
        await settled();
        return { config, observability };
    };

    it("each alarm notifies the SNS topic and links to the alarm's section of docs/alarms.md", async () => {
        const { config } = await observe({});
        const its = declaredResources.filter(({ type }) => type.endsWith(":MetricAlarm")).map(({ inputs }) => inputs);
        assert.equal(its.length, alarmCount({ api: config.api }) - 1);
        for (const alarm of its) {
            const id = String(alarm.name).slice(config.names.alarmPrefix.length + 1);
            assert.match(alarm.alarmDescription, new RegExp(`^[^.]+: docs/alarms\\.md#${id}$`));
            assert.deepEqual([alarm.alarmActions, alarm.okActions, alarm.tags], [["arn:topic"], undefined, tags]);
        }
        const errors = its.find(({ name }) => name === `${config.names.alarmPrefix}-errors`);
        assert.deepEqual(
            errors?.metricQueries.map((query: { id: string; returnData?: boolean }) => [query.id, query.returnData]),
            [
                ["watched", true],
                ["successes", undefined],
                ["badRequests", undefined],
                ["failures", undefined],
            ],
        );
    });

    it("alarms and the dashboard name the pages of `docsUrl`, as a site and as GitHub shows them", async () => {
        for (const [docsUrl, alarms, runbooks] of [
            ["https://films.example/docs", "https://films.example/docs/alarms#errors", "/docs/runbooks."],
            [
                "https://github.com/a/b/blob/c/docs",
                "https://github.com/a/b/blob/c/docs/alarms.md#errors",
                "/docs/runbooks.md.",
            ],
        ] as const) {
            await observe({ docsUrl });
            const [alarm] = declaredResources.filter(({ inputs }) => inputs.alarmDescription?.endsWith("#errors"));
            assert.equal(alarm?.inputs.alarmDescription.split(": ").at(-1), alarms);
            const dashboard = declaredResources.find(({ type }) => type.endsWith(":Dashboard"));
            assert.ok(JSON.stringify(dashboard?.inputs.dashboardBody).includes(runbooks));
        }
    });

    it("the dashboard finds the metrics of all solution versions with a SEARCH expression", async () => {
        const { observability } = await observe({});
        const { dashboardBody: body } = requireInputs("Dashboard");
        assert.ok(
            body.includes(String.raw`{MovieRecommender,Stack,SolutionVersion} MetricName=\"coverage\" Stack=\"dev\"`),
        );
        assert.match(await value(observability.dashboardUrl), /#dashboards\/dashboard\/movie-recommender$/);
    });

    it("the dashboard uses the name of the campaign that the stack adopted", async () => {
        await observe({ adopt: JSON.stringify({ campaign: arn("campaign/console-films") }) });
        assert.match(requireInputs("Dashboard").dashboardBody, /campaign\/console-films/);
    });
});

describe("AuditTrail component", () => {
    it("the CloudTrail trail has log file validation, a private bucket and a log group", async () => {
        await useMocks();
        const config = good({ permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" });
        const { names } = config;
        new AuditTrail("audit", { config, caller, bucketName: "films-trail" });
        await settled();
        const trail = requireInputs("Trail");
        assert.deepEqual(
            [trail.name, trail.s3BucketName, trail.enableLogFileValidation, trail.isMultiRegionTrail, trail.tags],
            [names.trail, "films-trail", true, true, tags],
        );
        assert.deepEqual(trail.eventSelectors, [
            { excludeManagementEventSources: ["kms.amazonaws.com", "rdsdata.amazonaws.com"] },
        ]);
        assert.equal(
            trail.cloudWatchLogsGroupArn,
            `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/cloudtrail/${names.trail}:*`,
        );
        assert.equal(trail.cloudWatchLogsRoleArn, `arn:aws:iam::123456789012:role/${names.trailRole}`);
        assert.deepEqual([requireInputs("Bucket").bucket, requireInputs("Bucket").forceDestroy], ["films-trail", true]);
        assert.equal(requireInputs("BucketPublicAccessBlock").restrictPublicBuckets, true);
        assert.equal(requireInputs("BucketLifecycleConfiguration").rules[0].expiration.days, 90);
        assert.equal(requireInputs("LogGroup").retentionInDays, 90);
        const role = requireInputs("Role");
        assert.deepEqual(JSON.parse(role.assumeRolePolicy), trailRoleTrust());
        assert.equal(role.permissionsBoundary, "arn:aws:iam::123456789012:policy/boundary");
        assert.deepEqual(JSON.parse(requireInputs("RolePolicy").policy), trailRolePolicy({ ...caller, names }));
    });
});
