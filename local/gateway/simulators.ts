import type { ServerResponse } from "node:http";

/**
 * Refuses IAM's policy simulators: MiniStack answers them without looking at context entries or resource policies,
 * and a wrong verdict on access is worse than none.
 *
 * Returns whether the request was one of them, and so is answered.
 */
export function refuseSimulator(body: Buffer, response: ServerResponse): boolean {
    const action = new URLSearchParams(body.toString("utf8")).get("Action") ?? "";
    if (!/^Simulate(Principal|Custom)Policy$/.test(action)) {
        return false;
    }
    const message = `${action} is not emulated here: its verdicts would not be those of IAM.`;
    response.writeHead(400, { "content-type": "text/xml" });
    response.end(
        `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>` +
            `<Code>NotImplemented</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
    return true;
}
