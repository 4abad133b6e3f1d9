import assert from "node:assert/strict";
import type { ResourceKindName } from "pulumi-personalize/core";
import { itemInteractionsSchema } from "../../data-prep/avro.ts";
import { type AdoptingConfig, type AdoptionPlan, isRefused, planAdoption } from "../../runbooks/lib/adoption/plan.ts";
import type { Group, Part } from "../../runbooks/lib/adoption/survey.ts";
import { adoptionLines, configLines, firstUp, ownerName } from "../../runbooks/lib/adoption/text.ts";
import { good } from "../config/parsed.ts";

const place = "arn:aws:personalize:eu-central-1:000000000000";
const recipe = (name: string) => `arn:aws:personalize:::recipe/${name}`;

const configOf = (values: Readonly<Record<string, string>> = {}): AdoptingConfig => ({
    ...good(values),
    interactionsSchema: itemInteractionsSchema,
});

function part(kind: ResourceKindName, tail: string, properties: object, status = "ACTIVE"): Part {
    const name = tail.split("/").at(-1) ?? "";
    const description = { status, properties: { name, ...properties } };
    return { kind, arn: `${place}:${tail}`, name, description, tags: kind === "Schema" ? undefined : {} };
}

const solutionNamed = (name: string, recipeName: string, more: object = {}) =>
    part("Solution", `solution/${name}`, {
        datasetGroupArn: `${place}:dataset-group/films`,
        recipeArn: recipe(recipeName),
        performAutoML: false,
        performAutoTraining: false,
        ...more,
    });
const campaignOf = (solution: Part, name: string) =>
    part("Campaign", `campaign/${name}`, {
        solutionArn: solution.arn,
        solutionVersionArn: `${solution.arn}/1`,
        minProvisionedTPS: 1,
    });
const films: Group = {
    group: part("DatasetGroup", "dataset-group/films", {}),
    schema: part("Schema", "schema/films", { schema: itemInteractionsSchema }),
    interactions: part("Dataset", "dataset/films", {
        datasetGroupArn: `${place}:dataset-group/films`,
        schemaArn: `${place}:schema/films`,
        datasetType: "INTERACTIONS",
    }),
    metadata: [],
    solutions: [],
    eventTracker: undefined,
};
const keysOf = ({ parts }: AdoptionPlan) => parts.map(({ key }) => key);
const nameOf = ({ parts }: AdoptionPlan, wanted: string) => parts.find(({ key }) => key === wanted)?.name;

describe("`planAdoption` for the adoption of a dataset group", () => {
    it("`planAdoption` adopts every resource that the program declares", () => {
        const plan = planAdoption(configOf(), films);
        assert.deepEqual(keysOf(plan), ["schema", "datasetGroup", "dataset"]);
        assert.equal(isRefused(plan), false);
        assert.deepEqual(plan.outside, []);
    });

    it("`planAdoption` adopts the solution with the configured recipe and lists the other solutions", () => {
        const [popular, personal] = [
            solutionNamed("popular", "aws-popularity-count"),
            solutionNamed("personal", "aws-user-personalization"),
        ];
        const solutions = [
            { solution: popular, campaigns: [campaignOf(popular, "a")] },
            { solution: personal, campaigns: [campaignOf(personal, "b"), campaignOf(personal, "c")] },
        ];
        const plan = planAdoption(configOf(), { ...films, solutions });
        assert.equal(isRefused(plan), false);
        assert.deepEqual([nameOf(plan, "solution"), nameOf(plan, "campaign")], ["personal", "b"]);
        assert.deepEqual(
            plan.outside.map(({ name }) => name),
            ["popular", "a", "c"],
        );
    });

    it("`planAdoption` omits the campaign and the event tracker if the configuration contains none", () => {
        const solution = solutionNamed("personal", "aws-user-personalization");
        const eventTracker = part("EventTracker", "event-tracker/1", { datasetGroupArn: films.group.arn });
        const content = { ...films, solutions: [{ solution, campaigns: [campaignOf(solution, "b")] }], eventTracker };
        const without = planAdoption(configOf({ campaignEnabled: "false", eventTracker: "false" }), content);
        assert.deepEqual(keysOf(without), ["schema", "datasetGroup", "dataset", "solution"]);
        assert.deepEqual(
            without.outside.map(({ noun }) => noun),
            ["campaign", "event tracker"],
        );
        const all = planAdoption(configOf({ eventTracker: "true" }), content);
        assert.deepEqual(keysOf(all).slice(-2), ["campaign", "eventTracker"]);
    });

    const refusedIn = ({ parts }: AdoptionPlan) =>
        parts.flatMap(({ key, refusals }) => refusals.map(({ property }) => `${key} ${property}`));
    const solution = solutionNamed("personal", "aws-user-personalization");

    it("`planAdoption` refuses a failed campaign, and the suggested configuration omits that campaign", () => {
        const failed = { ...campaignOf(solution, "b"), description: { status: "CREATE FAILED", properties: {} } };
        const plan = planAdoption(configOf(), { ...films, solutions: [{ solution, campaigns: [failed] }] });
        assert.deepEqual(refusedIn(plan), ["campaign status"]);
        const { commands, yaml } = configLines("movie-recommender", "dev", plan);
        assert.equal(commands.length, 4);
        assert.doesNotMatch(yaml, /campaign:/);
    });

    it("`planAdoption` adopts a schema only if the schema equals the schema of the data", () => {
        const wider = itemInteractionsSchema.replace("EVENT_TYPE", "EVENT");
        const content = { ...films, schema: part("Schema", "schema/films", { schema: wider }) };
        assert.deepEqual(refusedIn(planAdoption({ ...configOf(), interactionsSchema: wider }, content)), []);
        assert.equal(refusedIn(planAdoption(configOf(), content))[0], "schema schema");
    });

    it("`planAdoption` refuses to adopt dataset group, dataset and solution if the schema differs", () => {
        const schema = part("Schema", "schema/films", {
            schema: itemInteractionsSchema.replace("EVENT_TYPE", "EVENT"),
        });
        const plan = planAdoption(configOf(), { ...films, schema, solutions: [{ solution, campaigns: [] }] });
        assert.deepEqual(refusedIn(plan), [
            "schema schema",
            "datasetGroup dataset",
            "dataset schemaArn",
            "solution datasetGroupArn",
        ]);
        assert.deepEqual(configLines("movie-recommender", "dev", plan).commands, []);
    });

    it("`adoptionLines` returns the current and the wanted value of each update", () => {
        const training = solutionNamed("personal", "aws-user-personalization", { performAutoTraining: true });
        const text = adoptionLines(
            planAdoption(configOf(), { ...films, solutions: [{ solution: training, campaigns: [] }] }),
        ).join("\n");
        assert.match(text, /performAutoTraining \(true; the program wants false\)/);
    });
});

describe("`ownerName`, the owner of a resource by its tags", () => {
    const config = { project: "movie-recommender", stack: "dev" };
    it("`ownerName` returns the project and the stack in a resource's tags", () => {
        const of = (project: string, stack: string) => ({ "pulumi:project": project, "pulumi:stack": stack });
        assert.equal(ownerName(undefined, config), "carries no tags");
        assert.equal(ownerName({ team: "films" }, config), "untagged");
        assert.equal(ownerName(of("movie-recommender", "dev"), config), "this stack");
        assert.equal(ownerName(of("movie-recommender", "prod"), config), "stack prod");
        assert.equal(ownerName(of("shop", "dev"), config), "project shop, stack dev");
    });
});

describe("`firstUp`, the cost of the first pulumi up after an adoption", () => {
    it("`firstUp` returns the price of import and training, or without data the command that prepares the data", () => {
        const size = { bytes: 1e6, interactions: 100_000, usableUsers: 900 };
        assert.match(
            firstUp(configOf(), size, true),
            /≈ \$0\.26 to \$0\.50 \(US price, unverified\); the campaign serves/,
        );
        assert.match(firstUp(configOf(), undefined, true), /npm run data-prep$/);
    });
});
