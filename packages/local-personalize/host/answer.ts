import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, EmulatorRequest, ServiceFault } from "../contract.ts";
import { writeAnswer } from "../wire/http.ts";
import type { Effect, Faults, When } from "./faults.ts";

/**
 * Answers a Personalize call with the emulator and its injected faults. This function applies latency and dropped
 * connections; it passes faults that change the response or a resource to the emulator.
 *
 * @returns the HTTP status of the answer; undefined if the connection was dropped
 */
export async function answerPersonalize(
    emulator: Emulator,
    faults: Pick<Faults, "strike">,
    request: EmulatorRequest,
    response: ServerResponse,
): Promise<number | undefined> {
    const began = performance.now();
    const effects = faults.strike(request.operation);
    await holdBack(effects, "before");
    if (isDropped(effects, "before")) {
        response.destroy();
        return undefined;
    }
    const [fault] = effects.flatMap(serviceFault);
    const answer = await emulator.handle(fault ? { ...request, fault } : request);
    await holdBack(effects, "after");
    emulator.observe(request, answer.status, performance.now() - began);
    if (isDropped(effects, "after")) {
        response.destroy();
        return undefined;
    }
    writeAnswer(emulator, answer, response);
    return answer.status;
}

async function holdBack(effects: Effect[], when: When): Promise<void> {
    for (const effect of effects) {
        // Do not keep the process alive (`ref: false`), so that a delayed call does not delay the stop of the local
        // AWS.
        if (effect.kind === "latency" && effect.when === when) {
            await sleep(effect.milliseconds, undefined, { ref: false });
        }
    }
}

const isDropped = (effects: Effect[], when: When) =>
    effects.some((effect) => effect.kind === "drop" && effect.when === when);

function serviceFault(effect: Effect): ServiceFault[] {
    if (effect.kind === "latency" || effect.kind === "drop") return [];
    if (effect.kind === "error") return [{ ...effect, kind: "refuse" }];
    if (effect.kind !== "throttle") return [effect];
    return [{ kind: "refuse", code: "ThrottlingException", message: "Rate exceeded", status: 400 }];
}
