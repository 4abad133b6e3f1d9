import assert from "node:assert/strict";
import { explainMessage } from "access-doctor";
import { soundFixture } from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { localAccountId, localPartition, variables } from "../../packages/local-aws/instance.ts";
import { startStage } from "../support/import-stage.ts";
import { region } from "../support/local-aws.ts";
import type { Setup } from "./outside/case.ts";
import { dataFaults } from "./outside/data.ts";
import { ask, createWorld, prints, reviewCause, reviewEnd, reviewFix } from "./outside/judge.ts";
import { messages } from "./outside/messages.ts";
import { policyFaults } from "./outside/policies.ts";
import { secondFaults } from "./outside/second.ts";
import { soundSetups } from "./outside/sound.ts";

const faults = [...policyFaults, ...dataFaults, ...secondFaults];

describe("`diagnose-access` on faults that its authors did not choose", () => {
    let local: Awaited<ReturnType<typeof startStage>>;
    const own = { ...process.env };
    const score = { named: 0, fixes: 0, right: 0, sound: 0, messages: 0, unseen: 0, seconds: [] as number[] };

    before(async () => {
        local = await startStage();
        // The AWS SDK in this process reads these variables.
        Object.assign(process.env, variables(local.instance));
    });
    after(async () => {
        for (const name of Object.keys(variables(local.instance))) delete process.env[name];
        Object.assign(process.env, own);
        await local.discard();
        const median = score.seconds.sort((a, b) => a - b)[Math.floor(score.seconds.length / 2)] ?? 0;
        const ofFaults = `named ${score.named}/${faults.length} · fixes right and harmless ${score.right}/${score.fixes}`;
        const others = `sound set-ups ${score.sound}/${soundSetups.length} · messages ${score.messages}/${messages.length}`;
        console.log(`${ofFaults} · ${others} · median ${median.toFixed(2)} s · unseen layer ${score.unseen}`);
    });

    const caller = { partition: localPartition, region, accountId: localAccountId };
    const world = (setup: Setup, name: string) => createWorld(local.stage, setup, soundFixture(name, caller));

    /** Defines a test that fails if there are problems. */
    const judges = (verb: "explain" | "accept", name: string, source: string, review: () => Promise<string[]>) =>
        it(`\`diagnose-access\` ${verb}s ${name} (${source})`, async () => assert.deepEqual(await review(), []));

    for (const [number, fault] of faults.entries()) {
        judges("explain", fault.name, fault.source, async () => {
            const made = await world(fault, `fault${number}`);
            assert.equal(made.failure === undefined, fault.unseen === true, `the import: ${made.failure ?? "ACTIVE"}`);
            const failureReason = "Insufficient privileges for accessing data in Amazon S3.";
            const failed = { is: { arn: made.jobArn ?? "", status: "CREATE FAILED", failureReason } };
            const answer = await ask(made, (read) => (fault.unseen ? { ...read, job: failed } : read));
            const { diagnosis, seconds } = answer;
            score.seconds.push(seconds);
            const cause = reviewCause(fault, answer);
            if (cause.length === 0) score.named++;
            if (cause.length === 0 && fault.unseen) score.unseen++;
            const end = reviewEnd(fault, answer);
            if (prints(diagnosis) || fault.ends === "commands") score.fixes++;
            if (!prints(diagnosis)) return [...cause, ...end];
            const fix = await reviewFix(local.stage, local, made, fault, diagnosis);
            if (fix.length === 0 && end.length === 0) score.right++;
            return [...cause, ...end, ...fix];
        });
    }

    for (const [number, setup] of soundSetups.entries()) {
        judges("accept", setup.name, setup.source, async () => {
            const made = await world(setup, `sound${number}`);
            assert.equal(made.failure, undefined);
            const { diagnosis, first, seconds } = await ask(made);
            score.seconds.push(seconds);
            if (diagnosis.verdict !== "sound") return [first];
            score.sound++;
            return [];
        });
    }

    for (const { name, source, text, says, mustNot } of messages) {
        judges("explain", name, source, async () => {
            const message = explainMessage(text);
            const shown = message ? `${message.cause}\nNext: ${message.next}` : "nothing";
            if (!says.test(shown) || mustNot?.test(shown)) return [`says ${shown}`];
            score.messages++;
            return [];
        });
    }
});
