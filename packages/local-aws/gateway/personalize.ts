import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, type EmulatorRequest, type ServiceFault, writeAnswer } from "local-personalize";
import type { Effect, Faults, When } from "./faults.ts";

/**
 * Answers a Personalize call with the emulator and its injected faults. This function applies faults of the connection,
 * and passes faults of the response or of a resource to the emulator.
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
    writeAnswer(emulator, answer, response);
}

async function holdBack(effects: Effect[], when: When): Promise<void> {
    for (const effect of effects) {
        // A delayed call must not keep a stopping local AWS running.
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
