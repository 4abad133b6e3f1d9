import assert from "node:assert/strict";
import { asCalled } from "../../../core/config/as-called.ts";

describe("`asCalled`", () => {
    const cases: readonly (readonly [string, string])[] = [
        ["Bring it back: npm run resume", "Bring it back: npm run local -- resume"],
        ["`npm run rollback -- --to 2f` switches", "`npm run local -- rollback --to 2f` switches"],
        ["npm run -s recommend -- 22", "npm run -s local -- recommend 22"],
        ["Create it with: pulumi up", "Create it with: npm run local -- pulumi up"],
        [
            "`pulumi config set a b && pulumi up`",
            "`npm run local -- pulumi config set a b && npm run local -- pulumi up`",
        ],
        ["npm run local -- pulumi up", "npm run local -- pulumi up"],
        ["npm run pulumi -- up", "npm run pulumi -- up"],
        ["npm run data-prep -- ratings.csv", "npm run data-prep -- ratings.csv"],
        ["see pulumi/pulumi#16175, and pulumi-resource-aws", "see pulumi/pulumi#16175, and pulumi-resource-aws"],
        [
            "AWS_REGION=eu-central-1 npm run diagnose-access -- --job x",
            "AWS_REGION=eu-central-1 npm run local -- diagnose-access --job x",
        ],
        [
            "npm run diagnose-access -- --write '/a b.sh' && sh '/a b.sh'",
            `npm run local -- diagnose-access --write '/a b.sh' && eval "$(npm run -s local -- env)" && sh '/a b.sh'`,
        ],
    ];
    for (const [text, called] of cases) {
        it(`\`asCalled\` adds \`npm run local --\` to commands in the text: ${text}`, () =>
            assert.equal(asCalled(text, { MOVIE_RECOMMENDER_COMMANDS: "npm run local --" }), called));
    }

    it("`asCalled` replaces `pulumi` with `npm run pulumi --` on machines without a Pulumi CLI", () => {
        const env = { MOVIE_RECOMMENDER_PULUMI: "npm run pulumi --" };
        assert.equal(asCalled("`pulumi up`, then npm run resume", env), "`npm run pulumi -- up`, then npm run resume");
    });

    it("`asCalled` changes no text in a program started without `npm run local --`", () => {
        assert.equal(process.env.MOVIE_RECOMMENDER_COMMANDS, undefined);
        assert.equal(asCalled("npm run resume"), "npm run resume");
    });
});
