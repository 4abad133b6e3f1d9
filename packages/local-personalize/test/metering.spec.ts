import assert from "node:assert/strict";
import type { Metered } from "../emulator.ts";
import {
    campaignArn,
    datasetGroupArn,
    filmsBucket,
    history,
    openFilmsService,
    post,
    solutionArn,
} from "./films-service.ts";
import { interactionsCsv } from "./interactions.ts";
import { arn, refuses, restartService, type Service, trainVersion } from "./support.ts";

type Of<E extends Metered["event"]> = Extract<Metered, { event: E }>;

describe("Reports of the emulator to its meter", () => {
    const reports: Metered[] = [];
    const meter = (metered: Metered) => void reports.push(metered);
    const of = <E extends Metered["event"]>(event: E): Of<E>[] =>
        reports.filter((metered): metered is Of<E> => metered.event === event);
    let service: Service;
    let version: string;

    before(async () => {
        ({ service, solutionVersionArn: version } = await openFilmsService(filmsBucket(), { meter }));
    });
    after(() => service?.discard());

    it("the meter gets the start and the end of each import, with the size of its objects", () => {
        const isImport = ({ resource }: Metered) => resource.kind === "dataset-import-job";
        assert.equal(of("started").filter(isImport).length, 3);
        assert.equal(of("imported").length, 3);
        const [{ bytes, resource } = assert.fail()] = of("imported");
        assert.equal(bytes, interactionsCsv(history).length);
        assert.deepEqual(resource.arns, {
            DatasetGroupArn: datasetGroupArn,
            DatasetArn: arn("dataset/films/INTERACTIONS"),
            DatasetImportJobArn: arn("dataset-import-job/first"),
        });
    });

    it("the meter gets the hours and interactions of a training, with the tags of the solution", async () => {
        const [first = assert.fail()] = of("trained");
        assert.deepEqual([first.resource.arn, first.interactions], [version, history.length]);
        assert.match(first.recipeArn, /aws-user-personalization$/);
        const { solutionVersion } = await service.personalize.describeSolutionVersion({ solutionVersionArn: version });
        assert.equal(first.hours, solutionVersion?.trainingHours);
        const tags = [{ tagKey: "stack", tagValue: "dev" }];
        await service.personalize.tagResource({ resourceArn: solutionArn, tags });
        await trainVersion(service, solutionArn);
        assert.deepEqual(of("trained").at(-1)?.resource.tags, { stack: "dev" });
    });

    it("the meter gets the status and the bytes of a call, also if the call fails, but not for a missing resource", async () => {
        const ask = (numResults: number, campaign = campaignArn) =>
            service.runtime.getRecommendations({ campaignArn: campaign, userId: "1", numResults }).catch(() => {});
        await ask(5);
        await ask(501);
        await ask(5, arn("campaign/none"));
        const { trackingId } = await service.personalize.createEventTracker({ name: "clicks", datasetGroupArn });
        const eventList = [{ eventType: "Watch", itemId: "1", sentAt: 1_700_000_000 }];
        await post(service, "/events", { trackingId, sessionId: "s", userId: "1", eventList });
        assert.deepEqual(
            of("called").map(({ operation, status, bytes, resource }) => [operation, status, bytes, resource.arn]),
            [
                ["GetRecommendations", 200, 0, campaignArn],
                ["GetRecommendations", 400, 0, campaignArn],
                ["PutEvents", 200, JSON.stringify(eventList).length, arn("dataset/films/INTERACTIONS")],
            ],
        );
    });

    it("the meter gets each capacity of a campaign again after a restart, and 0 from its deletion", async () => {
        const capacities = () =>
            of("provisioned").map(({ at, minProvisionedTPS }) => [minProvisionedTPS, at <= Date.now()]);
        service = await restartService(service, { access: filmsBucket().access, speed: "real", meter });
        service.emulator.advance(3_600_000);
        reports.length = 0;
        const update = (minProvisionedTPS: number) =>
            service.personalize.updateCampaign({ campaignArn, minProvisionedTPS });
        await update(5);
        assert.deepEqual(capacities().at(-1), [5, false], "the update is ACTIVE in 9 minutes");
        await refuses(update(7), /is being updated/, "ResourceInUseException");
        assert.deepEqual(capacities().at(-1), [5, false]);
        service.emulator.advance(3_600_000);
        reports.length = 0;
        service = await restartService(service, { access: filmsBucket().access, meter });
        assert.deepEqual(
            of("provisioned").map(({ minProvisionedTPS }) => minProvisionedTPS),
            [1, 5],
        );
        await service.personalize.tagResource({ resourceArn: campaignArn, tags: [{ tagKey: "a", tagValue: "b" }] });
        reports.length = 0;
        await service.personalize.deleteCampaign({ campaignArn });
        const { at, minProvisionedTPS, resource } = of("provisioned").at(-1) ?? assert.fail();
        assert.deepEqual([minProvisionedTPS, resource.tags], [0, { a: "b" }]);
        assert.ok(Math.abs(service.emulator.clock.now() - at) < 10_000);
    });

    it("a campaign's capacity begins when it is ACTIVE, and a deletion also ends the capacity of an update", async () => {
        service = await restartService(service, { access: filmsBucket().access, speed: "real", meter });
        const capacities = () => {
            const own = of("provisioned").filter(({ resource }) => resource.arn === arn("campaign/later"));
            return own.map(({ at, minProvisionedTPS }) => [minProvisionedTPS, at] as const);
        };
        const later = { campaignArn: arn("campaign/later") };
        await service.personalize.createCampaign({ name: "later", solutionVersionArn: version });
        const { campaign } = await service.personalize.describeCampaign(later);
        const [[, begin] = assert.fail()] = capacities();
        assert.equal(begin - Number(campaign?.creationDateTime), 9 * 60_000);
        service.emulator.advance(3_600_000);
        await service.personalize.updateCampaign({ ...later, minProvisionedTPS: 7 });
        reports.length = 0;
        await service.personalize.deleteCampaign(later);
        const tps = capacities().map(([minProvisionedTPS]) => minProvisionedTPS);
        assert.deepEqual(tps, [1, 0]);
    });
});
