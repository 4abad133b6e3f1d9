import assert from "node:assert/strict";
import { paginateListRecipes } from "@aws-sdk/client-personalize";
import {
    campaignArn,
    datasetGroupArn,
    fetchFilms,
    filmsBucket,
    genresOf,
    history,
    openFilmsService,
    post,
    solutionArn,
    usersArn,
    yearOf,
} from "./films-service.ts";
import { arn, exportLines, importRole, refuses, type Service, trainRecipe, until, untilEnded } from "./support.ts";

describe("Data deletion jobs, and filters of users and of the current item", () => {
    const bucket = filmsBucket();
    let service: Service;
    let solutionVersionArn: string;
    before(async () => {
        ({ service, solutionVersionArn } = await openFilmsService(bucket));
    });
    after(() => service?.discard());

    const train = (recipeName: string) => trainRecipe(service, recipeName);
    const createFilter = (name: string, filterExpression: string) =>
        service.personalize.createFilter({ name, datasetGroupArn, filterExpression });

    it("a filter compares items with the current item (CurrentItem) in lists of related items", async () => {
        await createFilter("older", "INCLUDE ItemID WHERE Items.RELEASE_YEAR < CurrentItem.RELEASE_YEAR");
        await createFilter("alike", "EXCLUDE ItemID WHERE Items.GENRES IN (CurrentItem.GENRES)");
        await service.personalize.createCampaign({ name: "sims", solutionVersionArn: await train("aws-sims") });
        const ask = (itemId: string, filter: string, campaign = arn("campaign/sims")) => {
            const filterArn = arn(`filter/${filter}`);
            return fetchFilms(service, { campaignArn: campaign, itemId, userId: "22", filterArn });
        };
        for (const itemId of ["40", "90"]) {
            const older = await ask(itemId, "older");
            assert.ok(older.length > 0 && older.every((film) => (yearOf(film) ?? 0) < (yearOf(Number(itemId)) ?? 0)));
            const other = await ask(itemId, "alike");
            const genres = new Set(genresOf(Number(itemId)));
            assert.ok(other.length > 0 && other.every((film) => genresOf(film).every((genre) => !genres.has(genre))));
        }
        const message = /CurrentItem, which is for recipes of related items/;
        await refuses(ask("40", "older", campaignArn), message);
        await refuses(
            createFilter("mixed", "INCLUDE ItemID WHERE Items.RELEASE_YEAR = CurrentItem.GENRES"),
            /CurrentItem.GENRES, which has another type/,
        );
    });

    it("a filter of Interactions or CurrentUser requires a userId", async () => {
        await createFilter("seen", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")');
        await createFilter("adult", 'EXCLUDE ItemID WHERE Items.GENRES IN ("Even") IF CurrentUser.AGE < 18');
        for (const filter of ["seen", "adult"]) {
            const input = { campaignArn: arn("campaign/sims"), itemId: "6", filterArn: arn(`filter/${filter}`) };
            const { itemList } = await service.runtime.getRecommendations({ ...input, userId: "22" });
            assert.ok(itemList?.length);
            await refuses(service.runtime.getRecommendations(input), /needs a userId/);
        }
    });

    const segmentOf = async (jobName: string, filter?: string, more: { lines?: number; numResults?: number } = {}) => {
        const { lines = 1, numResults = 60 } = more;
        const filterValues = filter === "young" ? { AGE: "30" } : {};
        bucket.objects["movies/in/items.json"] = `${JSON.stringify({ itemId: "6", filterValues })}\n`.repeat(lines);
        const job = {
            jobName,
            solutionVersionArn: segmentVersion,
            numResults,
            jobInput: { s3DataSource: { path: "s3://movies/in/items.json" } },
            jobOutput: { s3DataDestination: { path: `s3://movies/${jobName}/` } },
            roleArn: importRole,
            ...(filter !== undefined && { filterArn: arn(`filter/${filter}`) }),
        };
        const { batchSegmentJobArn } = await service.personalize.createBatchSegmentJob(job);
        const finishedJob = await untilEnded(
            async () => (await service.personalize.describeBatchSegmentJob({ batchSegmentJobArn })).batchSegmentJob,
        );
        if (finishedJob.failureReason) return finishedJob.failureReason;
        return JSON.parse(String(bucket.objects[`movies/${jobName}/items.json.out`]));
    };
    let segmentVersion: string;

    it("a segment job accepts only filters of UserID, and GetRecommendations only filters of ItemID", async () => {
        segmentVersion = await train("aws-item-affinity");
        await createFilter("young", "INCLUDE UserID WHERE Users.AGE < $AGE");
        await createFilter("viewers", 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("watch")');
        const { usersList } = (await segmentOf("young", "young")).output;
        assert.equal(usersList.length, 29);
        assert.ok(usersList.every((user: string) => Number(user) < 30));
        assert.deepEqual((await segmentOf("viewers", "viewers")).output.usersList, []);
        assert.match((await segmentOf("older", "older")).error, /is of ItemID; a filter of UserID is needed/);
        await refuses(
            service.runtime.getRecommendations({ campaignArn, userId: "22", filterArn: arn("filter/young") }),
            /a filter of ItemID is needed/,
        );
        await refuses(
            createFilter("if", "INCLUDE UserID WHERE Users.AGE < 30 IF CurrentUser.AGE = 30"),
            /IF is for filters of ItemID/,
        );
    });

    it("a segment job accepts at most 500 queries in a file, and 5 million users for each query", async () => {
        assert.equal(await segmentOf("many", undefined, { lines: 501 }), "items.json has more than 500 queries.");
        for (const numResults of [0, -1, 5_000_001]) {
            const job = segmentOf("none", undefined, { numResults });
            await refuses(job, /numResults must be from 1 to 5000000/);
        }
    });

    it("a deletion job deletes users from datasets, events and models, and counts their records", async () => {
        const { trackingId } = await service.personalize.createEventTracker({ name: "films", datasetGroupArn });
        const eventList = [{ eventType: "Watch", itemId: "1", sentAt: 900_000_000 }];
        await post(service, "/events", { trackingId, userId: "22", sessionId: "s", eventList });
        await post(service, "/users", { datasetArn: usersArn, users: [{ userId: "22", properties: '{"age":1}' }] });
        bucket.objects["movies/delete/now/users.csv"] = "USER_ID\n22\n23\nnobody\n";
        bucket.objects["movies/delete/notes.txt"] = "USER_ID\n6\n";
        const recommend = (userId: string) => fetchFilms(service, { campaignArn, userId });
        const own = await recommend("22");
        const job = await remove("first", "s3://movies/delete/");
        const rows = history.filter(({ user }) => user === 22 || user === 23).length;
        assert.deepEqual([job?.status, job?.numDeleted], ["COMPLETED", rows + 2 + 2], job?.failureReason);
        assert.notDeepEqual(await recommend("22"), own);
        assert.deepEqual(await recommend("22"), await recommend("nobody"));
        const { usersList } = (await segmentOf("after")).output;
        assert.equal(usersList.length, 58);
        const users = (await exported("INTERACTIONS")).map((line) => line.split(",")[0]);
        assert.ok(users.includes("6") && !users.includes("22") && !users.includes("23"));
        assert.equal((await exported("USERS")).length, 58);
        const listed = await service.personalize.listDataDeletionJobs({ datasetGroupArn });
        assert.deepEqual(
            listed.dataDeletionJobs?.map(({ jobName, status }) => [jobName, status]),
            [["first", "COMPLETED"]],
        );
    });

    it("a deletion job fails without access, files or the column USER_ID", async () => {
        bucket.objects["movies/other.csv"] = "USER\n22\n";
        assert.match((await remove("column", "s3://movies/other.csv"))?.failureReason ?? "", /one column, USER_ID/);
        assert.equal((await remove("none", "s3://movies/nothing/"))?.failureReason, "Invalid Data location.");
        bucket.objects["movies/open.csv"] = 'USER_ID\n"22\n';
        assert.match((await remove("open", "s3://movies/open.csv"))?.failureReason ?? "", /a quote is opened/);
        bucket.deny(true);
        const { status, failureReason } = (await remove("denied", "s3://movies/delete/")) ?? {};
        bucket.deny(false);
        assert.deepEqual(
            [status, failureReason],
            ["FAILED", "Insufficient privileges for accessing data in Amazon S3."],
        );
    });

    it("a deletion job fails if its files are larger than 50 MB together", async () => {
        const half = "6\n".repeat(12.5 * 1024 * 1024);
        Object.assign(bucket.objects, { "movies/large/1.csv": `USER_ID\n${half}`, "movies/large/2.csv": half });
        const job = await remove("large", "s3://movies/large/");
        assert.deepEqual([job?.status, job?.failureReason], ["FAILED", "The input is larger than 50 MB."]);
    });

    const remove = async (jobName: string, dataLocation: string) => {
        const { dataDeletionJobArn } = await service.personalize.createDataDeletionJob({
            jobName,
            datasetGroupArn,
            dataSource: { dataLocation },
            roleArn: importRole,
        });
        return untilEnded(
            async () => (await service.personalize.describeDataDeletionJob({ dataDeletionJobArn })).dataDeletionJob,
        );
    };
    const exported = async (type: string) => (await exportLines(service, bucket, type)).slice(1);

    it("ListCampaigns lists the campaigns of a solution, and of a solution version", async () => {
        const names = async (parentArn: string) => {
            const { campaigns = [] } = await service.personalize.listCampaigns({ solutionArn: parentArn });
            return campaigns.map(({ name }) => name);
        };
        assert.deepEqual(await names(solutionArn), ["films"]);
        assert.deepEqual(await names(solutionVersionArn), ["films"]);
        assert.deepEqual(await names(`${solutionArn}/00000000`), []);
    });

    it("ListRecipes filters each page by domain", async () => {
        const pages: string[][] = [];
        const client = service.personalize;
        for await (const { recipes = [] } of paginateListRecipes({ client }, { domain: "VIDEO_ON_DEMAND" })) {
            pages.push(recipes.map(({ name = "" }) => name));
        }
        assert.deepEqual([pages.length, pages.flat().length], [2, 5]);
        assert.ok(pages.flat().every((name) => name.startsWith("aws-vod-")));
    });

    it("an event with a future timestamp does not empty the list of aws-trending-now", async () => {
        await service.personalize.createCampaign({
            name: "trending",
            solutionVersionArn: await train("aws-trending-now"),
        });
        const rising = () => fetchFilms(service, { campaignArn: arn("campaign/trending"), numResults: 3 });
        const { eventTrackers = [] } = await service.personalize.listEventTrackers({ datasetGroupArn });
        const [{ eventTrackerArn } = {}] = eventTrackers;
        const described = await service.personalize.describeEventTracker({ eventTrackerArn });
        const trackingId = described.eventTracker?.trackingId;
        const put = (sentAt: number, itemId: string) =>
            post(service, "/events", {
                trackingId,
                sessionId: "t",
                eventList: [1, 2, 3].map((second) => ({ eventType: "Watch", itemId, sentAt: sentAt + second })),
            });
        await put(Date.now() / 1000 - 60, "77");
        assert.equal((await rising())[0], 77);
        await put(Date.now() / 1000 + 10 * 365 * 86_400, "78");
        assert.equal((await rising())[0], 77);
        for (let times = 0; times < 2; times++) await put(Date.now() / 1000, "79");
        assert.equal((await rising())[0], 77, "the events of 79 are not yet due");
        await until(async () => (await rising())[0] === 79);
    });
});
