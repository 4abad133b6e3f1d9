import assert from "node:assert/strict";
import type { PlannedStack } from "../../core/cost/planned-stack.ts";
import { explainCascade, explainChanges, type Step } from "../../runbooks/lib/preview/meaning.ts";
import { plannedStack } from "../support/planned-stack.ts";

/** The engine's steps in short form: `op Type name`. */
const steps = (...lines: readonly string[]): Step[] =>
    lines.map((line) => {
        const [op = "", type = "", name = ""] = line.split(" ");
        return { op, urn: `urn:pulumi:dev::movie-recommender::a:b:C$aws:x/y:${type}::${name}` };
    });
const meaning = (...lines: readonly string[]) => explainChanges(steps(...lines), plannedStack);
const explainDeletion = (plan: PlannedStack) => explainChanges(steps("delete Campaign campaign"), plan)[0] ?? "";

describe("`explainCascade` of a preview with targets", () => {
    const plan = steps(
        "replace Dataset movies",
        "delete-replaced Filter seen",
        "replace Filter seen",
        "same Schema movies",
    );
    const target = plan[0]?.urn ?? "";

    it("`explainCascade` names replaced resources that are no targets, and nothing without targets", () => {
        assert.match(explainCascade(plan, [target])[0] ?? "", /that are no targets: Filter seen\. They depend/);
        assert.deepEqual(explainCascade(plan, []), []);
        assert.deepEqual(explainCascade(plan.slice(0, 1), [target]), []);
    });
});

describe("`explainChanges` of a preview", () => {
    it("`explainChanges` returns nothing if only a Pulumi provider changes", () => {
        const provider = {
            op: "update",
            urn: "urn:pulumi:dev::movie-recommender::pulumi:providers:pulumi-nodejs::default",
        };
        assert.deepEqual(explainChanges([...steps("same Campaign campaign"), provider], plannedStack), []);
    });

    it("`explainChanges` returns the duration and the price of an import and a training", () => {
        const [imported, trained, campaign, ...others] = meaning(
            "replace DatasetImportJob import",
            "create-replacement DatasetImportJob import",
            "replace SolutionVersion version",
            "update Campaign campaign",
        );
        assert.match(imported ?? "", /^imports 1 file: about 2 to 17 minutes, .*\$/);
        assert.match(trained ?? "", /^trains a new version: about 20 to 58 minutes, ≈ \$\d/);
        assert.equal(campaign, "updates the campaign in place: it keeps serving");
        assert.deepEqual(others, []);
    });

    it("`explainChanges` returns the monthly cost of a new campaign", () => {
        assert.match(meaning("create Campaign campaign")[0] ?? "", /creates the campaign: .*≈ \$146 a month/);
    });

    it("`explainChanges` states that batch inference's lists replace a deleted campaign's lists, if the stack has such lists", () => {
        assert.match(explainDeletion(plannedStack), /the API answers with popular and similar items$/);
        const batchLists = { viewers: 900, everyDays: 7 };
        const moved = explainDeletion({ ...plannedStack, hasCampaign: false, batchLists });
        assert.match(moved, /its cost ends, and the API answers with the lists of batch inference$/);
    });

    it("`explainChanges` reports an interruption, and each loss of data or of a URL", () => {
        const explanation = meaning(
            "replace Campaign campaign",
            "delete Dataset interactions",
            "replace Bucket data",
            "replace Table table",
            "delete RestApi api",
        ).join("\n");
        assert.match(explanation, /until the new one is ACTIVE, the API answers with popular and similar items/);
        for (const lost of ["the recorded events", "1 bucket with all objects", "the viewers' events", "new apiUrl"]) {
            assert.ok(explanation.includes(lost), lost);
        }
    });

    it("`explainChanges` says that changes of resources outside the recommender, such as a dashboard, interrupt nothing", () => {
        assert.deepEqual(meaning("update Dashboard dashboard"), [
            "no import, no training and no interruption: only resources around the recommender change",
        ]);
    });
});
