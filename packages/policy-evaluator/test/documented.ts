import assert from "node:assert/strict";
import { authorize } from "../authorize.ts";
import type { RequestContext } from "../context.ts";
import type { PolicyDocument, Statement } from "../document.ts";
import type { Caller, Decision } from "../evaluate.ts";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
export const account = "123456789012";

export interface Asked {
    readonly action: string;
    readonly resource: string;
    readonly context?: RequestContext;
    readonly caller?: Caller;
    readonly bucketPolicy?: PolicyDocument;
}
export type Case = readonly [says: string, asked: Asked, decision: Decision];

/** Defines the tests of one page: a policy, and the decisions that the page states. */
export function page(
    name: string,
    Statement: Statement | Statement[],
    cases: readonly Case[],
    Version = "2012-10-17" as const,
) {
    describe(guide + name, () => {
        for (const [says, given, decision] of cases) {
            it(`authorize returns ${decision} for ${says}`, () => {
                const {
                    caller = { arn: `arn:aws:iam::${account}:user/David` },
                    action,
                    resource,
                    context = {},
                } = given;
                const authorization = authorize(
                    { caller, action, resource, context },
                    {
                        identity: [{ name: "policy", document: { Version, Statement } }],
                        ...(given.bucketPolicy && { resource: [{ name: "bucket", document: given.bucketPolicy }] }),
                    },
                    account,
                );
                assert.equal(authorization.decision, decision);
            });
        }
    });
}
