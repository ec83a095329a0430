//! Files in whatever encoding they come.

use crate::import_runs::Import;

const ROWS: &str = "account_code,contact_name,contact_mobile_num\nACME,Анна,1\nACME,Їжак,2\n";

fn utf_16(text: &str, bytes_of: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

/// The few letters above, in windows-1251.
fn windows_1251(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'Ї' => 0xaf,
        'А'..='я' => u8::try_from(u32::from(letter) - u32::from('А') + 0xc0).unwrap(),
        letter => u8::try_from(letter).unwrap(),
    };
    text.chars().map(byte).collect()
}

async fn assert_both(import: &Import) {
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Їжак", "Анна"]);
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let import = Import::new().await;
    import.write("people.csv", format!("\u{feff}{ROWS}"));
    import.run(&["people.csv"]).await.assert(0, [2, 0, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn utf_16_is_known_by_its_byte_order_mark() {
    let import = Import::new().await;
    let marked = format!("\u{feff}{ROWS}");
    import.write("little.csv", utf_16(&marked, u16::to_le_bytes));
    import.write("big.csv", utf_16(&marked, u16::to_be_bytes));
    import.run(&["little.csv"]).await.assert(0, [2, 0, 0, 0]);
    import.run(&["big.csv"]).await.assert(0, [0, 2, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn utf_16_without_a_mark_is_imported_if_that_is_said() {
    let import = Import::new().await;
    import.write("people.csv", utf_16(ROWS, u16::to_le_bytes));
    let ran = import.run(&["people.csv"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.said.contains("--encoding utf-16le"), "{ran:?}");
    import.run(&["people.csv", "--encoding", "utf-16le"]).await.assert(0, [2, 0, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_stops_the_import_with_its_line_and_names_are_never_mangled() {
    let import = Import::new().await;
    let rows = ROWS.replace("ACME,Анна", "ACME,Ann,0\nACME,Анна");
    import.write("people.csv", windows_1251(&rows));
    let ran = import.run(&["people.csv"]).await;
    ran.assert(2, [1, 0, 0, 0]);
    assert!(ran.said.contains("people.csv: line 3 is not valid UTF-8"), "{ran:?}");
    assert!(ran.said.contains("--encoding windows-1251"), "{ran:?}");
    import.run(&["people.csv", "--encoding", "windows-1251"]).await.assert(0, [2, 1, 0, 0]);
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Ann", "Їжак", "Анна"]);
}

#[tokio::test]
async fn rejected_rows_of_another_encoding_are_imported_with_the_same_options() {
    let import = Import::new().await;
    import.write("people.csv", windows_1251(&ROWS.replace(",2", "")));
    let options = ["--encoding", "windows-1251"];
    import.run(&[&["people.csv"], &options[..]].concat()).await.assert(3, [1, 0, 1, 0]);
    let rejected = import.read("people.rejected.csv");
    import.write("people.rejected.csv", rejected.replace("Їжак", "Їжак,2"));
    import.run(&[&["people.rejected.csv"], &options[..]].concat()).await.assert(0, [1, 0, 0, 0]);
    assert_both(&import).await;
}
