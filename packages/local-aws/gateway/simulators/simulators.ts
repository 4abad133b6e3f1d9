import type { ServerResponse } from "node:http";
import { IAMClient } from "@aws-sdk/client-iam";
import { answerXml, refusalXml } from "./answer.ts";
import { entityPolicies } from "./entity-policies.ts";
import { readInput } from "./input.ts";
import { readQuery } from "./query.ts";
import { Refusal } from "./refusal.ts";
import { simulate } from "./simulate.ts";

/** Answers a call of IAM if it is one of the two simulators. Returns false, and does nothing, for any other call. */
export type Simulators = (body: Buffer, response: ServerResponse) => Promise<boolean>;

/**
 * IAM's policy simulators, by the package policy-evaluator. MiniStack's own ignore context entries, resource policies,
 * and all but the first resource. The policies of users, groups and roles are those in MiniStack.
 */
export function createSimulators(miniStackPort: number): Simulators {
    const iam = new IAMClient({
        endpoint: `http://127.0.0.1:${miniStackPort}`,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    return async (body, response) => {
        const query = readQuery(body.toString("utf8"));
        const operation = query.text("Action");
        if (operation !== "SimulateCustomPolicy" && operation !== "SimulatePrincipalPolicy") {
            return false;
        }
        const send = (status: number, xml: string) => {
            response.writeHead(status, { "content-type": "text/xml" });
            response.end(xml);
        };
        try {
            const input = readInput(operation, query);
            const entity = input.sourceArn
                ? await entityPolicies(iam, input.sourceArn)
                : { policies: [], boundary: undefined };
            send(200, answerXml(operation, simulate(input, entity)));
        } catch (error) {
            if (!(error instanceof Refusal)) {
                throw error;
            }
            send(error.status, refusalXml(error));
        }
        return true;
    };
}
