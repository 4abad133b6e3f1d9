import assert from "node:assert/strict";
import { shell } from "terminal-text";
import { namesFor } from "../../../core/config/config.ts";
import { keys, rows } from "../../../core/config/keys.ts";
import { toConfigText } from "../../../core/config/kinds.ts";
import { includesWatched, watchedFilterExpression } from "../../../core/config/watched.ts";
import { otherValues } from "../../support/other-values.ts";
import { good, problems } from "./parsed.ts";

describe("Stack configuration", () => {
    it("each example value in the table of keys is valid and differs from the default", () => {
        const texts = (values: object) =>
            Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toConfigText(value)]));
        const set = rows.filter(([, { other }]) => other !== undefined);
        assert.ok(set.length > 50, `${set.length} values`);
        for (const [name, key] of set) {
            good(texts(otherValues(name, key)));
            assert.notEqual(toConfigText(key.other), toConfigText(key.default), name);
        }
    });

    it("an empty configuration has the documented defaults, and names and tags for the stack", () => {
        const config = good();
        const values = Object.entries(keys).filter(([, { default: value }]) => /boolean|number/.test(typeof value));
        assert.ok(values.length > 20, `${values.length} values`);
        const given = new Map<string, unknown>(Object.entries(config));
        for (const [name, key] of values) assert.equal(given.get(name), key.default, name);
        const { names, nameSuffix, metadataFiles, viewerAuth, eventWeights, monthlyLimitUsd, idle, tags } = config;
        assert.deepEqual([names, nameSuffix], [namesFor("dev"), ""]);
        assert.deepEqual(metadataFiles, { items: undefined, users: undefined });
        assert.deepEqual([viewerAuth, eventWeights, monthlyLimitUsd], [undefined, undefined, undefined]);
        assert.deepEqual(idle, { hours: 336, action: undefined });
        assert.deepEqual(tags, { "pulumi:project": "movie-recommender", "pulumi:stack": "dev" });
    });

    it("a filter in `filters` must not have the name of the built-in filter unless `watchedFilter` is false", () => {
        const filters = '{"movie-recommender-unwatched":"INCLUDE ItemID WHERE Items.YEAR > 1990"}';
        assert.deepEqual(
            problems({ filters }).map(({ path }) => path),
            ["filters.movie-recommender-unwatched"],
        );
        assert.equal(good({ filters, watchedFilter: "false" }).watchedFilter, false);
        // With a suffix, both filters get it.
        assert.equal(problems({ filters, nameSuffix: "-b" }).length, 1);
        const suffixed = filters.replace("unwatched", "unwatched-b");
        assert.equal(good({ filters: suffixed, nameSuffix: "-b" }).watchedFilter, true);
    });

    it("`includesWatched` returns the filters whose lists can contain watched items", () => {
        const by = (type: string) => `ItemID WHERE interactions . EVENT_TYPE IN ("${type}")`;
        const drama = 'ItemID WHERE Items.GENRES IN ("Drama")';
        for (const [expression, expected] of [
            [watchedFilterExpression(), false],
            [`INCLUDE ${by("Watch")}`, true],
            [`include ${drama} | EXCLUDE ${by("Watch")}`, false],
            [`EXCLUDE ${drama} | INCLUDE ${by("Watch")}`, true],
        ] as const) {
            assert.equal(includesWatched(expression), expected, expression);
        }
    });

    it("the configuration rejects contradictory values of `viewerAuth`, `apiKey`, `storefront` and `allowedOrigins`", () => {
        const paths = (values: Record<string, string>) => problems(values).map(({ path }) => path);
        const jwt = { issuer: "https://login.example/realms/films", audience: "films" };
        const auth = (more: object) => ({ viewerAuth: JSON.stringify(more) });
        assert.deepEqual(good(auth(jwt)).viewerAuth, { ...jwt, claim: "sub" });
        assert.deepEqual(paths(auth({ issuer: jwt.issuer })), ["viewerAuth.audience"]);
        assert.deepEqual(paths(auth({ audience: "films" })), ["viewerAuth.issuer"]);
        for (const issuer of ["http://login.example", "http://127.0.0.1.evil.example", "login.example", "https://"]) {
            assert.deepEqual(paths(auth({ ...jwt, issuer })), ["viewerAuth.issuer"], issuer);
        }
        assert.deepEqual(paths(auth({ ...jwt, claim: "" })), ["viewerAuth.claim"]);
        assert.deepEqual(paths({ apiKey: "true" }), ["apiKey"]);
        assert.equal(good({ apiKey: "true", storefront: "none" }).apiKey, true);
        assert.equal(good({ api: "false" }).storefront, "none");
        assert.deepEqual(paths({ allowedOrigins: '["https://films.example", "films.example/", "*"]' }), [
            "allowedOrigins[1]",
            "allowedOrigins[2]",
        ]);
        assert.deepEqual(paths({ allowedOrigins: "https://films.example" }), ["allowedOrigins"]);
    });

    it("configured values replace the default values", () => {
        const config = good({
            pollSeconds: "0.2",
            minProvisionedTPS: "3",
            performAutoTraining: "true",
            dataRetention: "retain",
            tags: '{"team":"films"}',
        });
        assert.equal(config.pollSeconds, 0.2);
        assert.equal(config.minProvisionedTPS, 3);
        assert.equal(config.performAutoTraining, true);
        assert.equal(config.dataRetention, "retain");
        assert.equal(config.tags.team, "films");
    });

    it("the configuration rejects a tag key of the program, and prints the command that removes the key", () => {
        assert.deepEqual(problems({ tags: '{"pulumi:stack":"other"}' }), [
            {
                path: "tags.pulumi:stack",
                reason:
                    "has a key that the program sets itself. Choose another key, and remove this one: " +
                    "`pulumi config rm --path tags.pulumi:stack`",
            },
        ]);
    });

    it("the configuration reports every invalid value at once, each with the key's path", () => {
        const bad = {
            bucketName: "My_Bucket",
            nameSuffix: " x",
            dataRetention: "keep",
            recipe: "aws-sims",
            performAutoML: "perhaps",
            performAutoTraining: "yes",
            minProvisionedTPS: "0",
            pollSeconds: "soon",
            autoTrainingDays: "31",
            syncWithLatestSolutionVersion: "sometimes",
            campaignEnabled: "1",
            eventTracker: "",
            monthlyLimitUsd: "0",
            expectedRequestsPerDay: "-1",
            guardMinutes: "61",
            alertEmail: "me",
            budgetByTag: "perhaps",
            auditTrail: "",
            tags: '{"team":1}',
        };
        const reported = problems(bad, { region: undefined });
        assert.deepEqual(
            [...new Set(reported.map(({ path }) => path))].sort(),
            [...Object.keys(bad).filter((key) => key !== "tags"), "tags.team", "aws:region"].sort(),
        );
        for (const [key, value] of Object.entries(bad).filter(([key]) => key !== "tags")) {
            const reason = reported.find(({ path }) => path === key)?.reason;
            assert.ok(reason?.startsWith(`is "${value}"`), `${key}: ${reason}`);
        }
        assert.equal(new Set(reported.map(({ path }) => path)).size, reported.length, "one line for each key");
    });

    it("the configuration reports every invalid nested value, for example `idle.hours`, with the path", () => {
        const bad = {
            serving: { everyDays: "1.5", activeDays: "-1" },
            gate: { maximumNdcgDropPercent: "-1", minimumNdcgOverPopularityPercent: "much" },
            idle: { hours: "never", action: "delete" },
            unused: { action: "park" },
            throttle: { requestsPerSecond: "0", burst: "{}" },
        };
        const members = Object.entries(bad).flatMap(([key, values]) =>
            Object.entries(values).map(([member, value]) => ({ path: `${key}.${member}`, value })),
        );
        const texts = Object.fromEntries(Object.entries(bad).map(([key, values]) => [key, JSON.stringify(values)]));
        const reported = problems(texts);
        assert.deepEqual(reported.map(({ path }) => path).sort(), members.map(({ path }) => path).sort());
        for (const { path, value } of members) {
            const reason = reported.find((one) => one.path === path)?.reason;
            assert.ok(reason?.startsWith(`is "${value}"`), `${path}: ${reason}`);
        }
    });

    it("nested values that are not set have defaults, and numbers may be strings", () => {
        assert.deepEqual(good({ idle: '{"hours":"0.5","action":"park"}' }).idle, { hours: 0.5, action: "park" });
        assert.deepEqual(good({ serving: '{"everyDays":30}' }).serving, {
            mode: "campaign",
            everyDays: 30,
            activeDays: 36_500,
        });
    });

    it("the configuration rejects an unknown nested key, and suggests a similar nested key", () => {
        const reasons = (throttle: object) =>
            problems({ throttle: JSON.stringify(throttle) }).map(({ path, reason }) => `${path} ${reason}`);
        assert.deepEqual(reasons({ requestPerSecond: 5, zzzzzz: 1 }), [
            "throttle.requestPerSecond is not a member of throttle. Did you mean requestsPerSecond? " +
                "Remove it with `pulumi config rm --path throttle.requestPerSecond`",
            "throttle.zzzzzz is not a member of throttle. Its members are requestsPerSecond, burst, eventsPerSecond, eventsBurst. " +
                "Remove it with `pulumi config rm --path throttle.zzzzzz`",
        ]);
        const [quoted] = reasons({ "it's": 1 });
        assert.ok(quoted?.endsWith(`\`pulumi config rm --path ${shell("throttle.it's")}\``), quoted);
    });

    for (const value of ["24", "park", "", "[24]", "null"]) {
        it(`the configuration rejects "${value}" where it needs an object, and prints commands that set nested values`, () => {
            const [problem, ...others] = problems({ idle: value });
            assert.deepEqual([problem?.path, others], ["idle", []]);
            assert.match(
                problem?.reason ?? "",
                /must be an object of hours, action: `pulumi config set --path idle\.hours <value>`/,
            );
        });
    }

    for (const { of: title, values } of [
        { of: "weights with an unknown recipe", values: { recipe: "sims", eventWeights: '{"Watch":1}' } },
        { of: "a recipe with an unreadable performAutoML", values: { performAutoML: "perhaps", recipe: "" } },
        { of: "an API key with an unknown storefront", values: { storefront: "s3", apiKey: "true" } },
        {
            of: "the newest version with an unreadable performAutoTraining",
            values: { performAutoTraining: "often", syncWithLatestSolutionVersion: "true" },
        },
    ]) {
        it(`the configuration reports only one problem for ${title}`, () => {
            assert.deepEqual(
                problems(values).map(({ path }) => path),
                [Object.keys(values)[0]],
            );
        });
    }

    it("if `aws:region` is invalid, the configuration does not also report that an ARN is in a different region", () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
        const adopt = '{"campaign":"arn:aws:personalize:eu-central-1:123456789012:campaign/films"}';
        assert.deepEqual(
            problems({ kmsKeyArn, adopt }, { region: "eu-centrall-1" }).map(({ path }) => path),
            ["aws:region"],
        );
    });
});
