import { lines } from "./public-tables.ts";

interface Case {
    readonly name: string;
    readonly file: string;
    readonly text: string | Uint8Array;
    /** The fields of the schema besides the id. */
    readonly fields: string;
    /** The expected second line of the prepared CSV, which is its first data row. */
    readonly first: string;
}

/**
 * Tables of items and users. Headers and value formats come from public tables, as documentation and programs show
 * them. Most values are invented.
 */
export const publicItems: readonly (Case & { readonly title: string })[] = [
    {
        name: "AWS's sample of films",
        file: "items.csv",
        text: lines(
            "ITEM_ID,TITLE,RELEASE_YEAR,CREATION_TIMESTAMP,GENRES",
            "1,Toy Story,1995,788918400,Adventure|Animation",
        ),
        fields: "GENRES string? |, YEAR int?, CREATION_TIMESTAMP long",
        first: '"1","Adventure|Animation",1995,788918400',
        title: "Toy Story",
    },
    {
        name: "AWS's Retail Demo Store",
        file: "items.csv",
        text: lines(
            "ITEM_ID,PRICE,CATEGORY_L1,CATEGORY_L2,PRODUCT_DESCRIPTION,GENDER,PROMOTED",
            "6579c22f,89.99,apparel,jacket,A jacket,M,N",
        ),
        fields: "GENRES string? |, PRICE float?, CATEGORY_L2 string? |, PRODUCT_DESCRIPTION string? free, GENDER string? |, PROMOTED string? |",
        first: '"6579c22f","apparel",89.99,"jacket","A jacket","M","N"',
        title: "6579c22f",
    },
    {
        name: "Goodbooks 10k",
        file: "books.csv",
        text: lines(
            "book_id,best_book_id,books_count,isbn,isbn13,authors,original_publication_year,title,language_code,average_rating,ratings_count,image_url",
            '2,3,491,439554934,9.78043955493e+12,"J.K. Rowling, Mary GrandPr\u00e9",1997.0,"Harry Potter and the ""Stone""",eng,4.44,4602479,https://images.example/3.jpg',
        ),
        fields: "YEAR int?, BEST_BOOK_ID string? |, BOOKS_COUNT int?, ISBN string? |, ISBN13 string? |, AUTHORS string? |, LANGUAGE_CODE string? |, AVERAGE_RATING float?, RATINGS_COUNT int?",
        first: '"2",1997,"3",491,"439554934","9.78043955493e+12","J.K. Rowling, Mary GrandPr\u00e9","eng",4.44,4602479',
        title: 'Harry Potter and the "Stone"',
    },
    {
        name: "Instacart",
        file: "products.csv",
        text: lines("product_id,product_name,aisle_id,department_id", "1,Chocolate Sandwich Cookies,61,19"),
        fields: "AISLE_ID string? |, DEPARTMENT_ID string? |",
        first: '"1","61","19"',
        title: "Chocolate Sandwich Cookies",
    },
    {
        name: "H&M",
        file: "articles.csv",
        text: lines(
            "article_id,product_code,prod_name,product_type_no,product_type_name,colour_group_code,detail_desc",
            "0108775015,0108775,Strap top,253,Vest top,09,Jersey top with straps.",
        ),
        fields: "GENRES string? |, PRODUCT_CODE string? |, PRODUCT_TYPE_NO string? |, COLOUR_GROUP_CODE string? |, DETAIL_DESC string? free",
        first: '"0108775015","Vest top","0108775","253","09","Jersey top with straps."',
        title: "Strap top",
    },
    {
        name: "Amazon reviews 2023",
        file: "meta_All_Beauty.jsonl",
        text: lines(
            '{"main_category":"All Beauty","title":"Cream","average_rating":4.2,"rating_number":15,"description":["New\\nbox"],"price":null,"images":[{"thumb":"a"}],"store":"Bissport","categories":["Beauty & Personal Care","Skin Care"],"parent_asin":"B08PFNJF1X","bought_together":null}',
        ),
        fields: "GENRES string? |, MAIN_CATEGORY string? |, AVERAGE_RATING float?, RATING_NUMBER int?, DESCRIPTION string? free, STORE string? |",
        first: '"B08PFNJF1X","Beauty & Personal Care|Skin Care","All Beauty",4.2,15,"New box","Bissport"',
        title: "Cream",
    },
    {
        name: "Book-Crossing, Latin-1",
        file: "BX-Books.csv",
        text: Buffer.from(
            lines(
                '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Image-URL-S"',
                '"0002005018";"Caf\u00e9";"Richard Wright";"2001";"Flamingo";"http://images.example/a.jpg"',
            ),
            "latin1",
        ),
        fields: "YEAR int?, BOOK_AUTHOR string? |, PUBLISHER string? |",
        first: '"0002005018",2001,"Richard Wright","Flamingo"',
        title: "Caf\u00e9",
    },
    {
        name: "MovieLens, with the year in the title",
        file: "movies.csv",
        text: lines("movieId,title,genres", "1,Toy Story (1995),Adventure|Animation"),
        fields: "GENRES string? |, YEAR int?",
        first: '"1","Adventure|Animation",1995',
        title: "Toy Story",
    },
    {
        name: "RecBole, with words between spaces",
        file: "ml-1m.item",
        text: lines(
            "item_id:token\tmovie_title:token_seq\trelease_year:token\tgenre:token_seq",
            "1\tToy Story\t1995\tAnimation Comedy",
        ),
        fields: "GENRES string? |, YEAR int?",
        first: '"1","Animation|Comedy",1995',
        title: "Toy Story",
    },
];

export const publicUsers: readonly Case[] = [
    {
        name: "H&M",
        file: "customers.csv",
        text: lines(
            "customer_id,FN,Active,club_member_status,fashion_news_frequency,age,postal_code",
            "0000d,,,ACTIVE,NONE,49,52043e",
            "0000e,1.0,1.0,PRE-CREATE,Regularly,,2973ab",
        ),
        fields: "FN int?, ACTIVE int?, CLUB_MEMBER_STATUS string? |, FASHION_NEWS_FREQUENCY string? |, AGE int?, POSTAL_CODE string? |",
        first: '"0000d",,,"ACTIVE","NONE",49,"52043e"',
    },
    {
        name: "Last.fm 1K, with a signup date",
        file: "userid-profile.tsv",
        text: lines(
            "#id\tgender\tage\tcountry\tregistered",
            "user_000001\tm\t\tJapan\tAug 13, 2006",
            "user_000003\tm\t22\tUnited States\tOct 30, 2005",
        ),
        fields: "GENDER string? |, AGE int?, COUNTRY string? |, REGISTERED int?",
        first: '"user_000001","m",,"Japan",1155427200',
    },
    {
        name: "MovieLens 100k",
        file: "u.user",
        text: lines("1|24|M|technician|85711", "2|53|F|other|T8H1N"),
        fields: "AGE int?, GENDER string? |, OCCUPATION string? |, ZIP_CODE string? |",
        first: '"1",24,"M","technician","85711"',
    },
    {
        name: "MovieLens 1M",
        file: "users.dat",
        text: lines("1::F::1::10::48067", "2::M::56::16::70072"),
        fields: "GENDER string? |, AGE int?, OCCUPATION int?, ZIP_CODE string? |",
        first: '"1","F",1,10,"48067"',
    },
    {
        name: "AWS's sample, without its e-mail addresses",
        file: "users.csv",
        text: lines("USER_ID,GENDER,E_MAIL,AGE", "1,Female,success1@simulator.example,21"),
        fields: "GENDER string? |, AGE int?",
        first: '"1","Female",21',
    },
    {
        name: "Book-Crossing",
        file: "BX-Users.csv",
        text: lines(
            '"User-ID";"Location";"Age"',
            '"1";"nyc, new york, usa";NULL',
            '"2";"stockton, california, usa";"18"',
        ),
        fields: "LOCATION string? |, AGE int?",
        first: '"1","nyc, new york, usa",',
    },
    {
        name: "RecBole",
        file: "ml-100k.user",
        text: lines(
            "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token",
            "1\t24\tM\ttechnician\t85711",
        ),
        fields: "AGE int?, GENDER string? |, OCCUPATION string? |, ZIP_CODE string? |",
        first: '"1",24,"M","technician","85711"',
    },
    {
        name: "JSON lines with a nested record",
        file: "users.jsonl",
        text: lines(
            '{"userId":"Zo\u00eb","tier":"gold","since":"2021-03-04T05:06:07Z","place":{"country":"FR"},"tags":["a","b"]}',
        ),
        fields: "TIER string? |, SINCE int?, PLACE_COUNTRY string? |, TAGS string? |",
        first: '"Zo\u00eb","gold",1614834367,"FR","a|b"',
    },
];
