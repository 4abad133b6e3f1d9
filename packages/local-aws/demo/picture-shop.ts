import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes the files of the shop that the screenshots in docs/ show, for the demo:
 * `npx node packages/local-aws/demo/picture-shop.ts FOLDER`. Every third product has no picture, as in a real export.
 * Customers prefer one of four categories, so that a model can learn.
 */

/** Host name in the URLs of the products' pictures. `npm run screenshots` answers the requests to this host. */
export const pictureHost = "https://pictures.example";

const body = "{colour}";
/** Products by category, each with its drawing in a square of 100 by 100. */
const kinds: readonly (readonly [category: string, kind: string, drawing: string])[] = [
    [
        "Kitchen",
        "mug",
        `<path d="M64 42h8a11 11 0 0 1 0 24h-8" fill="none" stroke="${body}" stroke-width="6"/><path d="M28 34h38v34a8 8 0 0 1-8 8H36a8 8 0 0 1-8-8z" fill="${body}"/>`,
    ],
    [
        "Kitchen",
        "carafe",
        `<path d="M42 18h16v22l12 34a6 6 0 0 1-6 8H36a6 6 0 0 1-6-8l12-34z" fill="${body}"/><path d="M42 18h16v6H42z" fill="#0003"/>`,
    ],
    [
        "Living",
        "lamp",
        `<path d="M47 50h6v26h-6z" fill="#555"/><path d="M34 76h32v6H34z" fill="#555"/><path d="M38 20h24l12 32H26z" fill="${body}"/>`,
    ],
    [
        "Living",
        "chair",
        `<path d="M32 18h36v34H32z" fill="${body}"/><path d="M28 52h44v10H28z" fill="${body}"/><path d="M32 62h5v22h-5zM63 62h5v22h-5z" fill="#555"/>`,
    ],
    [
        "Garden",
        "planter",
        `<path d="M50 56C30 50 30 30 38 20c10 8 14 20 12 36C52 38 60 30 70 28c0 16-6 26-20 28z" fill="#5a8a55"/><path d="M30 56h40l-6 28H36z" fill="${body}"/>`,
    ],
    [
        "Garden",
        "watering can",
        `<path d="M36 44h30v34H36z" fill="${body}"/><path d="M36 60 16 40l5-5 20 20z" fill="${body}"/><path d="M40 44c0-18 32-18 34 16" fill="none" stroke="${body}" stroke-width="5"/>`,
    ],
    [
        "Toys",
        "blocks",
        `<path d="M22 54h27v27H22z" fill="${body}"/><path d="M53 54h27v27H53z" fill="#0004"/><path d="M37 23h27v27H37z" fill="#e0a94a"/>`,
    ],
    [
        "Toys",
        "ball",
        `<circle cx="50" cy="52" r="29" fill="${body}"/><path d="M22 46c18 10 38 10 56 0M50 23c-10 18-10 40 0 58" fill="none" stroke="#fff9" stroke-width="5"/>`,
    ],
];
const makes = ["Birch", "Cork", "Enamel", "Felt", "Linen", "Oak", "Stone", "Striped", "Tinted"];
const brands = ["Havn", "Lindal", "Morrow", "Tindra", "Vale & Co"];
const colours = ["#b5533c", "#33658a", "#6a7f4f", "#8a5a83", "#c58b2f", "#3f6f6a"];

const products = makes.flatMap((make, row) =>
    kinds.map(([category, kind], column) => {
        const number = row * kinds.length + column;
        return {
            id: `P-${100 + number}`,
            title: `${make} ${kind}`,
            category,
            price: (4.5 + ((number * 37) % 90) + (number % 2) * 0.45).toFixed(2),
            brand: brands[(number * 3) % brands.length] ?? "",
            stock: [14, 0, 31, 2, 8, 22, 5][number % 7] ?? 0,
            image: number % 3 === 2 ? "" : `${pictureHost}/${column}-${row}.svg`,
        };
    }),
);

/** Returns the picture at a URL of `pictureHost`, as SVG. */
export function productPicture(url: string): string {
    const [column = 0, row = 0] = (/\/(\d+)-(\d+)\.svg$/.exec(url) ?? []).slice(1).map(Number);
    const colour = colours[(row + column) % colours.length] ?? "";
    const drawing = (kinds[column]?.[2] ?? "").replaceAll(body, colour);
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path fill="#f3f1ec" d="M0 0h100v100H0z"/>${drawing}</svg>`;
}

/** Returns the events of 80 customers: views, of which some lead to the cart and to a purchase. */
function events(): string[] {
    let seed = 11;
    /**
     * Returns the next pseudo-random number of a Lehmer generator. The numbers are the same in every run, so that every
     * run writes equal files.
     */
    const random = () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed / 2_147_483_647;
    };
    const categories = [...new Set(kinds.map(([category]) => category))];
    return Array.from({ length: 80 }, (_, index) => index).flatMap((index) => {
        const liked = products.filter(({ category }) => category === categories[index % categories.length]);
        let at = Date.UTC(2026, 8, 1) + Math.floor(random() * 20) * 86_400_000;
        return Array.from({ length: 30 }).flatMap(() => {
            const shelf = random() < 0.75 ? liked : products;
            const { id } = shelf[Math.floor(shelf.length * random() ** 1.6)] ?? { id: "" };
            at += Math.floor(random() * 43_200_000) + 1000;
            const steps = ["view", "cart", "purchase"].slice(0, 1 + Math.floor(3.4 * random() ** 3));
            return steps.map((step, later) => `C-${1001 + index},${id},${step},${Math.floor(at / 1000) + later * 60}`);
        });
    });
}

if (import.meta.main) {
    const [, , folder = "."] = process.argv;
    await mkdir(folder, { recursive: true });
    await writeFile(
        join(folder, "events.csv"),
        `${["customer_id,product_id,event_type,timestamp", ...events()].join("\n")}\n`,
    );
    const rows = products.map((product) => Object.values(product).join(","));
    await writeFile(
        join(folder, "products.csv"),
        `${["product_id,title,category,price,brand,stock,image", ...rows].join("\n")}\n`,
    );
}
