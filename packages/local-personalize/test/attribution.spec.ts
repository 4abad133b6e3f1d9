import assert from "node:assert/strict";
import type { MetricAttribute } from "@aws-sdk/client-personalize";
import type { Metered } from "../emulator.ts";
import { campaignArn, datasetGroupArn, filmsBucket, history, openFilmsService, post, yearOf } from "./films-service.ts";
import { arn, importRole, refuses, serviceOf, untilEnded } from "./support.ts";

const metricAttributionArn = arn("metric-attribution/films");
const count: MetricAttribute = { eventType: "Watch", metricName: "watches", expression: "SAMPLECOUNT()" };
const years: MetricAttribute = { eventType: "watch", metricName: "years", expression: "SUM(Items.RELEASE_YEAR)" };
const output = { roleArn: importRole, s3DataDestination: { path: "s3://movies/reports" } };

describe("Metric attributions", () => {
    const bucket = filmsBucket();
    let reports: Metered[] = [];
    const meter = (metered: Metered) => void reports.push(metered);
    const service = serviceOf(async () => (await openFilmsService(bucket, { meter })).service);
    const attributed = () => reports.filter((report) => report.event === "attributed");
    let trackingId: string | undefined;
    before(async () => {
        ({ trackingId } = await service.personalize.createEventTracker({ name: "films", datasetGroupArn }));
    });

    const create = (name: string, metrics: MetricAttribute[]) =>
        service.personalize.createMetricAttribution({ name, datasetGroupArn, metrics, metricsOutputConfig: output });
    const refused = (metrics: MetricAttribute[], message: RegExp) => refuses(create("films", metrics), message);
    /** Sends an event, and returns the values that the emulator reports for it. */
    const reported = async (event: object) => {
        reports = [];
        const eventList = [{ eventType: "Watch", itemId: "6", sentAt: Date.now() / 1000, ...event }];
        const { status } = await post(service, "/events", { trackingId, sessionId: "s", userId: "22", eventList });
        assert.equal(status, 200);
        return attributed();
    };
    /** Returns the values of the metrics of an event, with their sources. */
    const values = async (event: object) =>
        (await reported(event)).map(({ metricName, value, source }) => [metricName, value, source]);
    const importAgain = async (jobName: string, importMode: "FULL" | "INCREMENTAL") => {
        const { datasetImportJobArn } = await service.personalize.createDatasetImportJob({
            jobName,
            datasetArn: arn("dataset/films/INTERACTIONS"),
            dataSource: { dataLocation: "s3://movies/interactions.csv" },
            roleArn: importRole,
            importMode,
            publishAttributionMetricsToS3: true,
        });
        return untilEnded(
            async () => (await service.personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob,
        );
    };

    it("CreateMetricAttribution rejects a SUM over a missing or non-numeric column", async () => {
        await refused([{ ...count, expression: "AVG(Items.RELEASE_YEAR)" }], /is not SAMPLECOUNT\(\) or SUM/);
        await refused([{ ...count, expression: "SUM(Items.STUDIO)" }], /ITEMS has no numeric column of that name/);
        await refused([count, count], /needs a metricName of its own/);
        const group = await service.personalize.createDatasetGroup({ name: "empty" });
        const attribution = { name: "empty", datasetGroupArn: group.datasetGroupArn, metrics: [count] };
        await refuses(
            service.personalize.createMetricAttribution({ ...attribution, metricsOutputConfig: output }),
            /needs an Item interactions dataset with a column EVENT_TYPE/,
        );
        await refuses(importAgain("early", "FULL"), /publishAttributionMetricsToS3 needs .* a metric attribution/);
    });

    it("a dataset group can have only one metric attribution, which cannot have tags", async () => {
        assert.deepEqual((await create("films", [count, years])).metricAttributionArn, metricAttributionArn);
        await refuses(create("other", [count]), /Another resource/, "ResourceAlreadyExistsException");
        const { metricAttribution } = await service.personalize.describeMetricAttribution({ metricAttributionArn });
        assert.equal(metricAttribution?.status, "ACTIVE");
        assert.deepEqual(metricAttribution?.metricsOutputConfig, output);
        const listed = await service.personalize.listMetricAttributions({ datasetGroupArn });
        assert.deepEqual(
            listed.metricAttributions?.map(({ name }) => name),
            ["films"],
        );
        const { metrics, nextToken } = await service.personalize.listMetricAttributionMetrics({
            metricAttributionArn,
            maxResults: 1,
        });
        assert.deepEqual([metrics, typeof nextToken], [[count], "string"]);
        await refuses(
            service.personalize.tagResource({
                resourceArn: metricAttributionArn,
                tags: [{ tagKey: "a", tagValue: "b" }],
            }),
            /cannot have tags/,
        );
    });

    it("an event counts at its time for its eventAttributionSource, or else for the campaign of its recommendationId", async () => {
        const year = yearOf(6);
        const { recommendationId } = await service.runtime.getRecommendations({ campaignArn, userId: "22" });
        const undefinedSource = "SOURCE_NAME_UNDEFINED";
        assert.deepEqual(await values({}), [
            ["watches", 1, undefinedSource],
            ["years", year, undefinedSource],
        ]);
        assert.deepEqual(await values({ recommendationId }), [
            ["watches", 1, campaignArn],
            ["years", year, campaignArn],
        ]);
        const metricAttribution = { eventAttributionSource: "newsletter" };
        assert.deepEqual(await values({ recommendationId, metricAttribution, itemId: "1" }), [
            ["watches", 1, "newsletter"],
        ]);
        assert.deepEqual(await values({ eventType: "Click" }), []);
        const sentAt = Math.floor(Date.now() / 1000) - 5 * 3600;
        const [{ at, resource } = assert.fail()] = await reported({ sentAt });
        assert.deepEqual([at, resource.arns], [sentAt * 1000, { DatasetGroupArn: datasetGroupArn }]);
    });

    it("an import writes a report of 15-minute periods to S3, and an incremental import also reports to the meter", async () => {
        const { publishAttributionMetricsToS3, status, failureReason } = await importAgain("full", "FULL");
        assert.deepEqual([status, publishAttributionMetricsToS3], ["ACTIVE", true], failureReason);
        const files = () => Object.keys(bucket.objects).filter((path) => path.startsWith("movies/reports/"));
        assert.match(files()[0] ?? "", /^movies\/reports\/AggregatedAttributionMetrics - FULL - \d+\.csv$/);
        const [header, ...lines] = String(bucket.objects[files()[0] ?? ""])
            .trimEnd()
            .split("\n");
        assert.equal(header, "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP");
        const rows = lines.map((line) => line.split(","));
        const sum = (metric: string) =>
            rows.filter(([name]) => name === metric).reduce((total, [, , value]) => total + Number(value), 0);
        assert.equal(sum("watches"), history.length);
        assert.equal(
            sum("years"),
            history.reduce((total, { item }) => total + (yearOf(item) ?? 0), 0),
        );
        assert.ok(
            rows.every(([, , , , source, time]) => source === "SOURCE_NAME_UNDEFINED" && Number(time) % 900 === 0),
        );
        reports = [];
        const today = Math.floor(Date.now() / 1000);
        const recent = history.map(({ user, item }) => `${user},${item},Watch,${today}\n`);
        bucket.objects["movies/interactions.csv"] = Buffer.from(
            `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${recent.join("")}`,
        );
        await importAgain("incremental", "INCREMENTAL");
        assert.equal(attributed().filter(({ metricName }) => metricName === "watches").length, history.length);
        assert.equal(files().length, 2);
    });

    it("UpdateMetricAttribution adds and removes metrics", async () => {
        const update = (more: object) => service.personalize.updateMetricAttribution({ metricAttributionArn, ...more });
        const clicks = { ...count, eventType: "Click", metricName: "clicks" };
        await update({ addMetrics: [clicks], removeMetrics: ["years"], metricsOutputConfig: { roleArn: importRole } });
        assert.deepEqual(await values({ eventType: "Click" }), [["clicks", 1, "SOURCE_NAME_UNDEFINED"]]);
        assert.deepEqual(await values({}), [["watches", 1, "SOURCE_NAME_UNDEFINED"]]);
        await refuses(update({ removeMetrics: ["years"] }), /has no metric years/);
        await refuses(importAgain("later", "FULL"), /with an s3DataDestination/);
    });

    it("no events are counted after the metric attribution is deleted", async () => {
        await service.personalize.deleteMetricAttribution({ metricAttributionArn });
        assert.deepEqual(await values({}), []);
    });
});
