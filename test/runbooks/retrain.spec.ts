import assert from "node:assert/strict";
import { DescribeCampaignCommand, PersonalizeClient, UpdateCampaignCommand } from "@aws-sdk/client-personalize";
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { advice } from "../../core/operations/advice.ts";
import { countTestUsers, insignificantMisses, refusals } from "../../core/operations/quality-gate.ts";
import { type ServingFlag, stateFlagsPath } from "../../core/operations/state-flags.ts";
import { type RetrainDeps, retrain } from "../../runbooks/lib/training/retrain.ts";
import { servedRecord } from "../../runbooks/lib/training/versions.ts";

const ndcg = (value: number) => ({ normalized_discounted_cumulative_gain_at_10: value });
const arn = (tail: string) => `arn:aws:personalize:eu-central-1:000000000000:${tail}`;
const version = (n: number) => arn(`solution/films/v${n}`);
const campaign = { stack: "dev", campaignArn: arn("campaign/films"), pollSeconds: 1 };
const thresholds = { maximumNdcgDropPercent: 5, minimumNdcgOverPopularityPercent: 0 };

/**
 * Simulates a stack in which version 1 serves and the data is new. The process can be killed before and after each
 * call.
 */
function stackWithNewData({ fresh = 0.3, problem }: { fresh?: number; problem?: string } = {}) {
    const at = { serving: version(1), newest: version(1), trainings: 0, moves: 0, imports: 1 };
    const parameters = new Map<string, string>();
    const history: { readonly flag: ServingFlag }[] = [];
    let toDate = false;
    let repeated = 0;
    let seemsNew = false;
    let killAt = Number.POSITIVE_INFINITY;
    let calls = 0;
    const tick = () => {
        calls += 1;
        // A killed process does nothing afterwards, so all later calls fail, too.
        if (calls >= killAt) throw new Error("killed");
    };
    const around =
        <A extends unknown[], R>(work: (...args: A) => R) =>
        async (...args: A): Promise<R> => {
            tick();
            const result = work(...args);
            tick();
            return result;
        };
    const mark = () => JSON.parse(parameters.get(`${stateFlagsPath("dev")}/serving`) ?? "{}") as Partial<ServingFlag>;
    const move = (to: string) => {
        at.moves += at.serving === to ? 0 : 1;
        at.serving = to;
    };

    const ssm = new SSMClient({ region: "eu-central-1" });
    ssm.send = around((command: unknown) => {
        if (command instanceof PutParameterCommand) {
            parameters.set(command.input.Name ?? "", command.input.Value ?? "");
            history.push({ flag: JSON.parse(command.input.Value ?? "") });
            return {};
        }
        assert.ok(command instanceof GetParametersByPathCommand);
        return { Parameters: [...parameters].map(([Name, Value]) => ({ Name, Value })) };
    });
    const personalize = new PersonalizeClient({ region: "eu-central-1" });
    personalize.send = around((command: unknown) => {
        if (command instanceof UpdateCampaignCommand) {
            move(command.input.solutionVersionArn ?? "");
            return {};
        }
        assert.ok(command instanceof DescribeCampaignCommand);
        return { campaign: { status: "ACTIVE", solutionVersionArn: at.serving, minProvisionedTPS: 1 } };
    });
    const deps: RetrainDeps = {
        ssm: () => ssm,
        client: () => personalize,
        sleep: async () => {},
        now: () => 0,
        log: () => {},
        assertEngineAlive: async () => {},
        random: () => 0.5,
        advice,
        // Simulates `pulumi up`: trains on new data, and then switches the campaign to the version in the state flag
        // `serving`, or to the newest version if the flag does not hold a version.
        async up() {
            tick();
            if (!toDate) {
                at.trainings += 1;
                at.newest = version(2);
                toDate = true;
            }
            at.imports += at.imports === repeated ? 1 : 0;
            tick();
            move(mark().hold ? (mark().solutionVersionArn ?? "") : at.newest);
            tick();
        },
        hasNewData: around(() => !toDate || seemsNew),
        newest: around(() => at.newest),
        compare: around(() => ({ fresh: ndcg(fresh), live: ndcg(0.29), popularity: ndcg(0.1), testUsers: 2000 })),
        smokeProblem: around(() => (at.serving === version(2) ? problem : undefined)),
    };
    // Simulates --reimport. As the state flag `reimport` does, `repeated` contains the newest import, and the next `up`
    // repeats this import because nothing newer exists.
    const reimport = around(() => {
        repeated = at.imports;
    });
    return {
        at,
        mark,
        /** Ids of the versions that a rollback skips, according to the parameter's history. */
        refused: () => [...servedRecord(history).refused.keys()],
        /**
         * Makes the simulated stack have no new data. With `seemsNew`, a file has changed, but `up` finds nothing to
         * import.
         */
        hasNoNewData: (but?: "seemsNew") => {
            toDate = true;
            seemsNew = but === "seemsNew";
        },
        hold: (solutionVersionArn: string) =>
            parameters.set(
                `${stateFlagsPath("dev")}/serving`,
                JSON.stringify({ solutionVersionArn, hold: true, reason: "odd lists", since: "2026-01-01" }),
            ),
        run: () => retrain(deps, campaign, thresholds),
        reimport: () => retrain({ ...deps, reimport }, campaign, thresholds),
        /** Returns true if the process was killed before it finished. */
        async runKilledAt(call: number, run = () => retrain(deps, campaign, thresholds)): Promise<boolean> {
            killAt = calls + call;
            try {
                await run();
                return false;
            } catch (error) {
                assert.match(String(error), /killed/);
                return true;
            } finally {
                killAt = Number.POSITIVE_INFINITY;
            }
        },
    };
}

describe("Runbook `retrain`", () => {
    it("`retrain` switches to an accepted version, and no longer holds the campaign at one version", async () => {
        const stack = stackWithNewData();
        const { outcome, fresh, live } = await stack.run();
        assert.deepEqual([outcome, live, fresh], ["switched", version(1), version(2)]);
        const { since: _, ...mark } = stack.mark();
        assert.deepEqual(mark, {
            solutionVersionArn: version(2),
            hold: false,
            reason: "retrained: NDCG@10 0.3000 after 0.2900",
            from: version(1),
        });
    });

    it("without new data, `retrain` does nothing", async () => {
        const stack = stackWithNewData();
        stack.hasNoNewData();
        assert.equal((await stack.run()).outcome, "nothing new");
        assert.deepEqual([stack.mark(), stack.at.moves], [{}, 0]);
    });

    it("`retrain --reimport` imports the same rows, trains nothing, and lets `up` change the campaign", async () => {
        const stack = stackWithNewData();
        stack.hasNoNewData();
        assert.equal((await stack.reimport()).outcome, "imported again");
        assert.deepEqual([stack.at.imports, stack.at.trainings, stack.at.moves], [2, 0, 0]);
        assert.deepEqual([stack.mark().hold, stack.mark().retraining], [false, undefined]);
    });

    it("`retrain --reimport` imports exactly once, even if it is killed at a call and run again", async () => {
        for (let call = 1; ; call++) {
            const stack = stackWithNewData();
            stack.hasNoNewData();
            if (!(await stack.runKilledAt(call, stack.reimport))) break;
            // The last call ends the retraining, so a kill after it is a complete run.
            const isComplete = stack.at.imports === 2 && stack.mark().retraining === undefined;
            if (!isComplete) await stack.reimport();
            assert.equal(stack.at.imports, 2, `killed at call ${call}`);
            assert.equal(stack.mark().retraining, undefined, `killed at call ${call}`);
        }
    });

    it("without new data, `retrain` runs `up` if the campaign serves an older version", async () => {
        const stack = stackWithNewData();
        stack.hasNoNewData();
        stack.at.newest = version(2);
        await stack.run();
        assert.equal(stack.mark().hold, false);
    });

    it("without new data, `retrain` leaves the campaign at the version that `rollback` fixed, and keeps the recorded reason", async () => {
        const stack = stackWithNewData();
        stack.hasNoNewData("seemsNew");
        stack.hold(version(1));
        assert.equal((await stack.run()).outcome, "nothing new");
        const { hold, reason, solutionVersionArn } = stack.mark();
        assert.deepEqual([hold, reason, solutionVersionArn], [true, "odd lists", version(1)]);
    });

    const endings = [
        { name: "a version that passes the gate", options: {}, serves: version(2), hold: false },
        { name: "a version that the gate rejects", options: { fresh: 0.2 }, serves: version(1), hold: true },
        { name: "a version that returns no list", options: { problem: "nothing" }, serves: version(1), hold: true },
    ];
    for (const { name, options, serves, hold } of endings) {
        it(`if \`retrain\` is killed at any call and run again, the result is the same: ${name}`, async () => {
            let kills = 0;
            for (let call = 1; ; call++) {
                const stack = stackWithNewData(options);
                if (!(await stack.runKilledAt(call))) break;
                kills += 1;
                await stack.run();
                const { at } = stack;
                assert.deepEqual([at.trainings, at.serving], [1, serves], `killed at call ${call}`);
                const mark = stack.mark();
                assert.deepEqual([mark.hold, mark.solutionVersionArn], [hold, serves], `killed at call ${call}`);
                assert.equal(mark.retraining, undefined, `killed at call ${call}`);
                assert.deepEqual(stack.refused(), hold ? ["v2"] : [], `killed at call ${call}`);
                // The campaign changes its version at most twice: to the new version and back.
                assert.ok(at.moves <= 3, `killed at call ${call}: ${at.moves} moves`);
            }
            assert.ok(kills > 20, `${kills} kills`);
        });
    }
});

describe("`refusals` by the quality gate", () => {
    const compared = { fresh: ndcg(0.28), live: ndcg(0.29), popularity: ndcg(0.1), testUsers: 2000 };

    it("`refusals` returns nothing for a slightly worse version that is better than a list of popular items", () => {
        assert.deepEqual(refusals(compared, thresholds), []);
    });

    it("`refusals` returns each threshold that the new version misses", () => {
        const [drop, ...none] = refusals({ ...compared, fresh: ndcg(0.2) }, thresholds);
        assert.deepEqual(none, []);
        assert.match(
            drop ?? "",
            /0\.2000 is below 0\.2755, 5 % less than the 0\.2900 of the live version, which was measured on the test data of its own training \(gate\.maximumNdcgDropPercent\)\. The difference is more than 0\.0271, two standard errors with 2000 test users$/,
        );
        const both = refusals(
            { ...compared, fresh: ndcg(0.2) },
            { ...thresholds, minimumNdcgOverPopularityPercent: 150 },
        );
        assert.equal(both.length, 2);
        assert.match(both[1] ?? "", /0\.2500, 150 % more than the 0\.1000 of the most popular items/);
    });

    it("`refusals` accepts a drop of NDCG from 0.51 to 0.40 with 94 test users", () => {
        const by = (testUsers: number) =>
            refusals({ fresh: ndcg(0.4), live: ndcg(0.51), popularity: ndcg(0.41), testUsers }, thresholds).length;
        assert.deepEqual([94, 1000, 20_000].map(by), [0, 1, 2]);
    });

    it("`insignificantMisses` returns each threshold that an accepted version misses by a difference that may be chance", () => {
        const near = { fresh: ndcg(0.4), live: ndcg(0.51), popularity: ndcg(0.3), testUsers: 94 };
        assert.deepEqual(insignificantMisses(near, thresholds), [
            "its NDCG@10 of 0.4000 is below 0.4845, 5 % less than the 0.5100 of the live version, which was measured on the test data of its own training (gate.maximumNdcgDropPercent), but the difference is less than 0.1444, two standard errors with 94 test users, so it may be chance",
        ]);
        assert.deepEqual(
            [{ ...near, testUsers: 1000 }, compared].flatMap((each) => insignificantMisses(each, thresholds)),
            [],
        );
    });

    it("`countTestUsers` returns 10 % of the users with two interactions, and at least one", () => {
        const users = Int32Array.from({ length: 400 }, (_, row) => Math.floor(row / 2));
        assert.equal(countTestUsers({ users, userCount: 200 }), 20);
        assert.equal(countTestUsers({ users: Int32Array.of(0, 1, 1), userCount: 2 }), 1);
    });

    it("`refusals` returns nothing if the NDCG equals the threshold", () => {
        assert.deepEqual(
            refusals({ ...compared, fresh: ndcg(0.29) }, { ...thresholds, maximumNdcgDropPercent: 0 }),
            [],
        );
    });

    it("`refusals` rejects a new version without metrics, but accepts a serving version without metrics", () => {
        assert.deepEqual(refusals({ ...compared, live: null }, thresholds), []);
        assert.match(refusals({ ...compared, fresh: null }, thresholds).join(), /no NDCG@10 of the new version/);
    });
});
