import assert from "node:assert/strict";
import { bucketNameFor, namesFor } from "../../../core/config/config.ts";
import { good, problems } from "./parsed.ts";

describe("Resource names", () => {
    it("`namesFor` returns names without a suffix for the stacks `dev` and `local`", () => {
        const plain = {
            role: "AmazonPersonalize-ExecutionRole",
            schema: "item_interactions_schema",
            datasetGroup: "movie_recommendation",
            dataset: "item_interactions",
            importJobPrefix: "item_interactions_import_job",
            solution: "movie-recommender-solution",
            campaign: "movie-recommender-campaign",
            itemsSchema: "movie_items_schema",
            usersSchema: "movie_users_schema",
            watchedFilter: "movie-recommender-unwatched",
            items: "movie_items",
            users: "movie_users",
            itemsImportJobPrefix: "movie_items_import_job",
            usersImportJobPrefix: "movie_users_import_job",
            deletionJobPrefix: "movie_viewers_deletion_job",
            eventTracker: "movie-recommender-events",
            costGuard: "movie-recommender-cost-guard",
            costGuardRole: "MovieRecommender-CostGuard",
            scheduleRole: "MovieRecommender-Schedule",
            notifications: "movie-recommender-notifications",
            failures: "movie-recommender-failures",
            notifier: "movie-recommender-notifier",
            notifierRole: "MovieRecommender-Notifier",
            budget: "movie-recommender-budget",
            dashboard: "movie-recommender",
            alarmPrefix: "movie-recommender-alarm",
            trail: "movie-recommender-trail",
            trailRole: "MovieRecommender-Trail",
            api: "movie-recommender-api",
            apiRole: "MovieRecommender-Api",
            prefetch: "movie-recommender-prefetch",
            prefetchRole: "MovieRecommender-Prefetch",
            batchLists: "movie-recommender-lists",
            batchListsRole: "MovieRecommender-Lists",
            batchListsScheduleRole: "MovieRecommender-ListsSchedule",
            tableOperations: "movie-recommender-table-operations",
            tableOperationsRole: "MovieRecommender-TableOperations",
            prefetchScheduleRole: "MovieRecommender-PrefetchSchedule",
            storefront: "movie-recommender-storefront",
        };
        assert.deepEqual(namesFor("dev"), plain);
        assert.deepEqual(namesFor("local"), plain);
    });

    it("`namesFor` appends the stack's name, or else `nameSuffix`, to each name", () => {
        assert.equal(namesFor("prod").campaign, "movie-recommender-campaign-prod");
        assert.equal(namesFor("prod", "-eu").campaign, "movie-recommender-campaign-eu");
        assert.equal(namesFor("dev", "-eu").role, "AmazonPersonalize-ExecutionRole-eu");
        for (const [kind, name] of Object.entries(namesFor("prod"))) {
            assert.ok(name.endsWith("-prod"), `${kind} ${name}`);
        }
    });

    it("the configuration limits the length of `nameSuffix` because import job names contain the suffix", () => {
        const room = 63 - "-01234567-9999".length - "item_interactions_import_job".length;
        assert.ok(good({ nameSuffix: "x".repeat(room) }));
        const [problem, ...more] = problems({ nameSuffix: "x".repeat(room + 1) });
        assert.deepEqual(more, []);
        assert.equal(problem?.path, "nameSuffix");
        assert.match(String(problem?.reason), new RegExp(`^is "x+"; it must be at most ${room} letters`));
    });

    it("if the stack name is unfit for resource names, the configuration reports a problem of the key `nameSuffix`", () => {
        assert.deepEqual(problems({}, { stack: "my.stack" }), [
            {
                path: "nameSuffix",
                reason:
                    'is "auto", for stack my.stack "-my.stack"; it must be at most 21 letters, ' + "digits, - and _",
            },
        ]);
    });

    it("if the stack name is unfit for bucket names, the configuration reports a problem of the key `bucketName`", () => {
        const [problem, ...more] = problems({}, { stack: "Prod" });
        assert.deepEqual(more, []);
        assert.equal(problem?.path, "bucketName");
        assert.match(
            String(problem?.reason),
            /^is not set, and the default of stack Prod would be ".*-Prod"; S3 requires /,
        );
        assert.ok(good({ bucketName: "films" }, { stack: "Prod" }));
    });

    it("without a trail, the configuration accepts names that only CloudTrail refuses", () => {
        assert.ok(good({ nameSuffix: "--x", bucketName: "films.-eu", auditTrail: "false" }));
    });

    it("if the stack name is unfit for a trail's name, the configuration reports a problem of the key `nameSuffix`", () => {
        assert.deepEqual(problems({}, { stack: "my--stack" }), [
            {
                path: "nameSuffix",
                reason:
                    'is "auto", for stack my--stack "-my--stack"; CloudTrail refuses "movie-recommender-trail-my--stack", ' +
                    "because - and _ must be between letters or digits. Set another suffix: " +
                    "`pulumi config set nameSuffix -- -<name>`, or `pulumi config set auditTrail false`",
            },
        ]);
    });

    it("if the stack name makes the default bucket name too long, the error says that `bucketName` is not set", () => {
        const stack = "a-stack-of-19-chars";
        assert.deepEqual(problems({}, { stack }), [
            {
                path: "bucketName",
                reason:
                    `is not set, and the default of stack ${stack} would be "my-movie-recommender-data-012345678901-${stack}"; ` +
                    'it is too long for the bucket "…-trail": at most 57 characters. ' +
                    "Set another name: `pulumi config set bucketName <name>`",
            },
        ]);
    });

    it("`bucketNameFor` returns `bucketName`, or a name with the account and the stack", () => {
        assert.equal(bucketNameFor(good(), "123456789012"), "my-movie-recommender-data-123456789012-dev");
        assert.equal(bucketNameFor(good({ bucketName: "films" }), "123456789012"), "films");
    });
});
