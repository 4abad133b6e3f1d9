import assert from "node:assert/strict";
import { itemAt } from "../../support/item-at.ts";
import { problems } from "./parsed.ts";

describe("Invalid configuration values", () => {
    for (const [path, value] of [
        ["minProvisionedTPS", "1.5"],
        ["minProvisionedTPS", "many"],
        ["pollSeconds", "0"],
        ["pollSeconds", "NaN"],
        ["bucketName", "ab"],
        ["bucketName", `${"a".repeat(64)}`],
        ["bucketName", `${"a".repeat(58)}`],
        ["chatWebhookParameter", "https://chat.example/hook"],
        ["bucketName", "xn--films"],
        ["bucketName", "my..films"],
        ["bucketName", "192.168.0.1"],
        ...[
            ...["films-s3alias", "films--ol-s3", "films.mrap", "films--x-s3", "films--table-s3"],
            ...["sthree-films", "amzn-s3-demo-films", "films.-eu"],
        ].map((name) => ["bucketName", name] as const),
        ...["--x", "-x-", "-_x", "-x__y"].map((suffix) => ["nameSuffix", suffix] as const),
        ["pollSeconds", "Infinity"],
        ["pollSeconds", "1e9"],
        ["pollSeconds", "601"],
        ["minProvisionedTPS", "0x10"],
        ["minProvisionedTPS", "501"],
        ["minProvisionedTPS", " 2"],
        ["monthlyLimitUsd", "1e21"],
        ["monthlyLimitUsd", "1000001"],
        ["throttle.requestsPerSecond", '{"requestsPerSecond":1e9}'],
        ["throttle.burst", '{"burst":5001}'],
        ["expectedRequestsPerDay", "864000001"],
        ["experiment.name", '{"name":"First test"}'],
        ["experiment.share", '{"name":"first","share":100}'],
        ["serving.activeDays", '{"activeDays":36501}'],
        ["idle.hours", '{"hours":8761}'],
        ["serving.everyDays", '{"everyDays":31}'],
        ["gate.minimumNdcgOverPopularityPercent", '{"minimumNdcgOverPopularityPercent":100001}'],
        ["filters", '["a"]'],
        ["filters.not a name", '{"not a name":"EXCLUDE"}'],
        ["adopt.campaigns", '{"campaigns":"arn:aws:personalize:eu-central-1:123456789012:campaign/films"}'],
        ["adopt.campaign", '{"campaign":"films"}'],
        ["adopt.campaign", '{"campaign":"arn:aws:personalize:us-east-1:123456789012:campaign/films"}'],
        ["adopt.solution", '{"solution":"arn:aws:personalize:eu-central-1:123456789012:campaign/films"}'],
        ["adopt.solution", '{"solution":"arn:aws:personalize:eu-central-1:123456789012:solution/films/0a1b2c3d"}'],
        ["adopt.solution", '{"solution":"arn:aws:personalize:us-east-1:123456789012:campaign/films"}'],
        ["adopt.dataset", '{"dataset":"arn:aws:personalize:eu-central-1:123456789012:dataset/films/ITEMS"}'],
        ["kmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
        ["kmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/films"],
        ["tags", "{"],
        ["tags", "null"],
        ["tags", '["films"]'],
        ["tags", '"films"'],
        ["tags.aws:team", '{"aws:team":"films"}'],
        ["tags.pulumi:project", '{"pulumi:project":"other"}'],
        ["tags.Pulumi:Stack", '{"Pulumi:Stack":"dev"}'],
        ["tags.pulumi-personalize:owner", '{"pulumi-personalize:owner":"me"}'],
        ["tags.pulumi-personalize:contentHash", '{"pulumi-personalize:contentHash":"0"}'],
        ["tags.team", JSON.stringify({ team: "x".repeat(257) })],
        ["tags.team", '{"team":"films; shows"}'],
        [`tags.${"x".repeat(129)}`, JSON.stringify({ ["x".repeat(129)]: "films" })],
        ["tags.team", '{"team":"films","Team":"films"}'],
        ["tags", JSON.stringify(Object.fromEntries(Array.from({ length: 48 }, (_, at) => [`tag${at}`, "x"])))],
    ] as const) {
        it(`the configuration rejects the value ${value} of ${path}`, () => {
            assert.deepEqual(
                problems({ [itemAt(path.split("."), 0)]: value }).map((problem) => problem.path),
                [path],
            );
        });
    }

    for (const other of [{ serving: '{"mode":"batch"}' }, { api: "false", storefront: "none" }] as const) {
        it(`the configuration rejects an experiment with ${JSON.stringify(other)}`, () => {
            const paths = problems({ experiment: '{"name":"first"}', ...other }).map(({ path }) => path);
            assert.deepEqual(paths, ["experiment.name"]);
        });
    }
});
