import { type Diagnosis, diagnose, type Snapshot } from "access-doctor";
import { type Statement, toList } from "policy-evaluator";
import { type Goal, showLine } from "../../../bench/lib/goals.ts";
import { seededRandom } from "../../../bench/lib/random.ts";
import { createSnapshot } from "../../../packages/access-doctor/test/fixtures/create-snapshot.ts";
import type { ImportFixture } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { bucketPolicy, generated, sid } from "./generated/grammar.ts";
import { createSimulations, now, startJudge } from "./generated/judge.ts";

/**
 * Generates setups with one random statement. The statement denies an import, or would deny it after one small change.
 * generated/grammar.ts varies policy, effect, principal, action, resource, operator, key and value. A third-party IAM
 * evaluator (the judge) decides whether each setup works, and the drill compares the decision with the diagnosis.
 */

/** Numbers of setups to check: `denialsWanted` with a denied import, and `missesWanted` with an allowed import. */
const denialsWanted = 300;
const missesWanted = 150;
/**
 * Maximum number of setups to generate. More are generated than checked, because the judge rejects some, and others
 * exceed the wanted number.
 */
const mostTries = 20_000;

const tags = { role: { team: "data" }, object: { scan: "clean" } };

/** Returns the snapshot of a setup with tags, so that the value of each condition key in the grammar is known. */
function snapshotWithTags(fixture: ImportFixture): Snapshot {
    const snapshot = createSnapshot(fixture);
    const role =
        "is" in snapshot.role && snapshot.role.is ? { is: { ...snapshot.role.is, tags: tags.role } } : snapshot.role;
    const objects = snapshot.objects.map((each) => ("is" in each ? { is: { ...each.is, tags: tags.object } } : each));
    const simulated = {
        is: [{ action: "s3:ListBucket", resource: "", decision: "allowed", matched: [], missing: [] }],
    } as const;
    return { ...snapshot, now, role, objects, simulated };
}
/** Returns the setup after the commands of a diagnosis's fixes. */
function fixed(fixture: ImportFixture, { fixes }: Diagnosis): ImportFixture {
    let after = fixture;
    for (const { command, document: policy } of fixes.flatMap(({ steps }) => steps)) {
        if (!policy) continue;
        const name = command[command.indexOf("--policy-name") + 1] ?? "";
        if (command.includes("put-bucket-policy")) after = { ...after, bucketPolicy: JSON.stringify(policy) };
        if (command.includes("update-assume-role-policy")) after = { ...after, trust: policy };
        if (command.includes("create-policy-version")) after = { ...after, boundary: policy };
        if (command.includes("put-role-policy")) after = { ...after, inline: { ...after.inline, [name]: policy } };
    }
    return after;
}

/**
 * Checks whether a setup has a Deny with NotPrincipal, about which the judge is wrong. In AWS, such a Deny exempts a
 * role only if NotPrincipal contains both the role and its account, and never a role with a permissions boundary (IAM
 * User Guide, "AWS JSON policy elements: NotPrincipal"). For the judge, one of the two is enough.
 */
const isOfNotPrincipal = (fixture: ImportFixture) =>
    toList(bucketPolicy(fixture).Statement).some(({ Effect, NotPrincipal }) => Effect === "Deny" && NotPrincipal);

/**
 * Checks whether a finding contains the generated statement and its conditions. If the generated statement replaces the
 * setup's Allow (`isLacking`), a finding that no statement allows the request is also correct.
 */
function isExplained({ findings }: Diagnosis, statement: Statement | undefined, isLacking: boolean): boolean {
    return findings.some(({ verdict, explanation, sentence }) => {
        if (verdict !== "broken" || !explanation) return false;
        const isNone = isLacking && explanation.statement === undefined && /^No statement of/.test(sentence);
        const named = explanation.statement === sid && sentence.includes(sid);
        const keysOf = Object.values(statement?.Condition ?? {}).flatMap(Object.keys);
        const conditions = isLacking ? explanation.conditions.map(({ key }) => key) : keysOf;
        return isNone || (named && conditions.every((key) => sentence.includes(key)));
    });
}

/**
 * Condition keys of dates, tags and organizations. Conditions with them may be intended, so the diagnosis must ask a
 * person.
 */
const chosenKeys = /^aws:(CurrentTime|EpochTime|PrincipalTag|PrincipalOrgID)|^s3:ExistingObjectTag/;

/** Checks whether the fixes ask a person about a condition that may be intended. */
const isAsked = ({ fixes }: Diagnosis, { Condition = {} }: Partial<Statement> = {}) =>
    Object.values(Condition)
        .flatMap(Object.keys)
        .filter((key) => chosenKeys.test(key))
        .some((key) => fixes.some(({ ask }) => ask?.includes(key)));

const statementOf = (fixture: ImportFixture): Statement | undefined =>
    [fixture.trust, fixture.boundary, bucketPolicy(fixture), ...Object.values(fixture.inline)]
        .flatMap((each) => toList(each?.Statement))
        .find((each) => each.Sid === sid);

/**
 * Imports with a setup on the local AWS, before and after its fixes. Returns the error of each import; undefined if it
 * succeeds.
 */
export type RunFixture = (
    fixture: ImportFixture,
) => Promise<{ readonly failure: string | undefined; readonly after: string | undefined }>;

/** Number of setups that are also created on the local AWS, with real imports and fixes. */
const endToEnd = 30;
/**
 * Checks whether a setup can be created on the local AWS: it depends on no tags, and has no public Allow, which S3
 * refuses to store.
 */
const canRun = (fixture: ImportFixture) =>
    !JSON.stringify(fixture).includes("Tag/") &&
    toList(bucketPolicy(fixture).Statement).every(
        ({ Effect, Principal }) => Effect === "Deny" || !JSON.stringify(Principal).includes('"*"'),
    );

/**
 * Compares judge and diagnosis for all generated setups, and runs some of them on the local AWS. Returns the drill's
 * goals: each is a measured value and the value that it must reach.
 */
export async function runGenerated(seed: number, run: RunFixture): Promise<Goal[]> {
    const random = seededRandom(seed);
    const judge = startJudge();
    const sums = {
        denials: 0,
        misses: 0,
        missed: 0,
        explained: 0,
        cannotTell: 0,
        alarms: 0,
        toFix: 0,
        fixed: 0,
        asked: 0,
        harm: 0,
        disagreed: 0,
        refused: 0,
        ran: 0,
        unlike: 0,
    };
    const tell = (number: number, what: string, fixture: ImportFixture) => {
        const texts = {
            bucket: bucketPolicy(fixture).Statement,
            inline: fixture.inline,
            boundary: fixture.boundary,
            trust: fixture.trust,
        };
        const generatedStatements = Object.values(texts).flatMap(
            (each) => JSON.stringify(each)?.match(/\{"Sid":"Generated".*/)?.[0] ?? [],
        );
        showLine(`generated ${number}: ${what}: ${generatedStatements.join(" ").slice(0, 400)}`);
    };
    for (
        let number = 1;
        number <= mostTries && (sums.denials < denialsWanted || sums.misses < missesWanted);
        number++
    ) {
        const { fixture, isLacking } = generated(random, `g${number}`);
        const answers = await judge.ask(createSimulations(fixture, "import"));
        if (answers.some(({ decision }) => decision === "Error")) {
            sums.refused += 1;
            continue;
        }
        const isDenied = answers.some(({ decision }) => decision !== "Allowed");
        if (isDenied ? sums.denials >= denialsWanted : sums.misses >= missesWanted) continue;
        const snapshot = snapshotWithTags(fixture);
        const diagnosis = diagnose(snapshot);
        const statement = statementOf(fixture);
        const isRun = sums.ran < endToEnd && canRun(fixture);
        if (isRun) {
            sums.ran += 1;
            const { failure, after } = await run(fixture);
            const isMended = after === undefined || !isLacking || isAsked(diagnosis, statement);
            if ((failure !== undefined) !== isDenied || !isMended) {
                sums.unlike += 1;
                tell(number, `the import ${failure ?? "passes"}, and after its fixes ${after ?? "passes"}`, fixture);
            }
        }
        if ((diagnosis.verdict === "broken") !== isDenied && isOfNotPrincipal(fixture)) {
            sums.disagreed += 1;
            tell(
                number,
                `the judge says ${isDenied ? "denied" : "passes"}, and AWS's text on NotPrincipal the opposite`,
                fixture,
            );
            continue;
        }
        if (diagnosis.verdict === "unknown") {
            sums.cannotTell += 1;
            tell(
                number,
                `cannot tell: ${diagnosis.links
                    .filter(({ verdict }) => verdict === "unknown")
                    .map(({ detail }) => detail)
                    .join("; ")}`,
                fixture,
            );
        }
        if (!isDenied) {
            sums.misses += 1;
            if (diagnosis.verdict === "broken") {
                sums.alarms += 1;
                tell(number, `a false alarm: ${diagnosis.findings[0]?.sentence}`, fixture);
            }
            continue;
        }
        sums.denials += 1;
        if (diagnosis.verdict === "broken" && isExplained(diagnosis, statement, isLacking)) sums.explained += 1;
        else
            tell(
                number,
                `not explained: ${diagnosis.findings.map(({ sentence }) => sentence).join(" | ") || diagnosis.verdict}`,
                fixture,
            );
        const after = fixed(fixture, diagnosis);
        if (isLacking && isAsked(diagnosis, statement)) sums.asked += 1;
        else if (isLacking) {
            sums.toFix += 1;
            const again = await judge.ask(createSimulations(after, "import"));
            if (again.every(({ decision }) => decision === "Allowed")) sums.fixed += 1;
            else
                tell(
                    number,
                    `the fix does not work: ${diagnosis.fixes.map(({ ask, commands }) => ask ?? commands.length).join("; ")}`,
                    fixture,
                );
        }
        const [before, now] = [
            await judge.ask(createSimulations(fixture, "others")),
            await judge.ask(createSimulations(after, "others")),
        ];
        const harmed = before.findIndex(
            ({ decision }, index) => (decision === "Allowed") !== (now[index]?.decision === "Allowed"),
        );
        if (harmed >= 0) {
            sums.harm += 1;
            tell(
                number,
                `harm: request ${harmed} was ${before[harmed]?.decision}, and is ${now[harmed]?.decision}`,
                fixture,
            );
        }
    }
    judge.process.stdin?.end();
    showLine(
        `generated: ${sums.denials} denials, ${sums.misses} that pass; ${sums.disagreed} decided by AWS's text, ${sums.refused} no policies to the judge; ${sums.toFix} repaired by an added statement, ${sums.asked} asked about`,
    );
    const share = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);
    return [
        {
            name: "access-generated",
            figure: sums.denials + sums.misses,
            bound: ">=",
            limit: denialsWanted + missesWanted,
        },
        { name: "generated-end-to-end-unlike", figure: sums.unlike, bound: "=", limit: 0 },
        { name: "generated-explained", figure: share(sums.explained, sums.denials), bound: "=", limit: 100, unit: "%" },
        { name: "generated-fixes-work", figure: share(sums.fixed, sums.toFix), bound: "=", limit: 100, unit: "%" },
        { name: "generated-cannot-tell", figure: sums.cannotTell, bound: "=", limit: 0 },
        { name: "generated-fix-harm", figure: sums.harm, bound: "=", limit: 0 },
        { name: "generated-false-alarms", figure: sums.alarms, bound: "=", limit: 0 },
    ];
}
