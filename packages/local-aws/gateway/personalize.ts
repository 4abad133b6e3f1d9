import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, EmulatorRequest, ServiceFault } from "local-personalize";
import type { Effect, Faults, When } from "./faults.ts";

/**
 * Answers one call of Personalize from the emulator, with the faults that strike it: what happens to the connection
 * happens here, what happens to the service's answer or to a resource is told to the emulator.
 */
export async function answerPersonalize(
    emulator: Emulator,
    faults: Faults,
    request: EmulatorRequest,
    response: ServerResponse,
): Promise<void> {
    const began = performance.now();
    const effects = faults.strike(request.operation);
    await holdBack(effects, "before");
    if (isDropped(effects, "before")) {
        response.destroy();
        return;
    }
    const [fault] = effects.flatMap(serviceFault);
    const answer = await emulator.handle(fault ? { ...request, fault } : request);
    await holdBack(effects, "after");
    emulator.observe(request, answer.status, performance.now() - began);
    if (isDropped(effects, "after")) {
        response.destroy();
        return;
    }
    const { logged } = answer;
    // Not emitted when the caller has gone: then nobody was answered.
    if (logged !== undefined) response.once("finish", () => emulator.answered(logged));
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
}

async function holdBack(effects: Effect[], when: When): Promise<void> {
    for (const effect of effects) {
        // A call that is held back does not keep a local AWS that is being stopped.
        if (effect.kind === "latency" && effect.when === when) {
            await sleep(effect.milliseconds, undefined, { ref: false });
        }
    }
}

const isDropped = (effects: Effect[], when: When) =>
    effects.some((effect) => effect.kind === "drop" && effect.when === when);

function serviceFault(effect: Effect): ServiceFault[] {
    switch (effect.kind) {
        case "throttle":
            return [{ kind: "refuse", code: "ThrottlingException", message: "Rate exceeded", status: 400 }];
        case "error":
            return [{ ...effect, kind: "refuse" }];
        case "fail":
        case "hang":
            return [effect];
        default:
            return [];
    }
}
