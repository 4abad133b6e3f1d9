import { seededRandom } from "../../packages/local-personalize/test/random.ts";

/**
 * Generates the data of a small shop from a seed, as CSV: events with UTF-8 ids, ISO times, views and purchases, and
 * products without titles. Each customer prefers one of three categories (shelves), so that a model can learn.
 */
export function shop({ customers = 60, products = 90, viewsEach = 40, seed = 7 } = {}) {
    const random = seededRandom(seed);
    const customer = (number: number) => `Kund\u00e9-${number}`;
    const product = (number: number) => `\u88fd\u54c1 ${number}`;
    const start = Date.UTC(2026, 2, 1);
    const events: string[] = [];
    for (let number = 1; number <= customers; number++) {
        let at = start + Math.floor(random() * 20) * 86_400_000;
        for (let view = 0; view < viewsEach; view++) {
            const shelf = random() < 0.8 ? number % 3 : Math.floor(random() * 3);
            const bought = Math.floor((products / 3) ** random()) * 3 + shelf;
            at += Math.floor(random() * 43_200_000) + 1000;
            const time = () => new Date(at).toISOString();
            events.push(`${customer(number)},${product(bought)},view,${time()}`);
            if (random() >= 0.15) continue;
            at += 60_000;
            events.push(`${customer(number)},${product(bought)},purchase,${time()}`);
        }
    }
    const shelves = ["garden", "kitchen", "toys"];
    const goods = Array.from(
        { length: products + 3 },
        (_, number) =>
            `${product(number)},${shelves[number % 3]},${(number * 1.25 + 1).toFixed(2)},brand ${number % 7}`,
    );
    const people = Array.from(
        { length: customers },
        (_, index) =>
            `${customer(index + 1)},${18 + (index % 50)},${["gold", "silver", ""][index % 3]},k${index}@shop.example`,
    );
    return {
        events: `customer_id,product_id,event_type,event_time\n${events.join("\n")}\n`,
        products: `product_id,category,price,brand\n${goods.join("\n")}\n`,
        customers: `customer_id,age,tier,email\n${people.join("\n")}\n`,
    };
}
