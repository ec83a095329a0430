//! Imports of files in several encodings.

use crate::import_runs::Import;

const ROWS: &str = "account_code,contact_name,contact_mobile_num\nACME,Анна,1\nACME,Їжак,2\n";

fn utf_16(text: &str, bytes_of: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

/// Encodes the letters of [`ROWS`] in windows-1251.
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
async fn a_byte_order_mark_is_not_part_of_the_first_column() {
    let import = Import::new().await;
    import.write("people.csv", format!("\u{feff}{ROWS}"));
    import.run(&["people.csv"]).await.assert(0, [2, 0, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn utf_16_is_detected_by_its_byte_order_mark() {
    let import = Import::new().await;
    let marked = format!("\u{feff}{ROWS}");
    import.write("little.csv", utf_16(&marked, u16::to_le_bytes));
    import.write("big.csv", utf_16(&marked, u16::to_be_bytes));
    import.run(&["little.csv"]).await.assert(0, [2, 0, 0, 0]);
    import.run(&["big.csv"]).await.assert(0, [0, 2, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn utf_16_without_a_mark_needs_an_option() {
    let import = Import::new().await;
    import.write("people.csv", utf_16(ROWS, u16::to_le_bytes));
    let finished = import.run(&["people.csv"]).await;
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("--encoding utf-16le"), "{finished:?}");
    import.run(&["people.csv", "--encoding", "utf-16le"]).await.assert(0, [2, 0, 0, 0]);
    assert_both(&import).await;
}

#[tokio::test]
async fn invalid_utf_8_stops_the_import_and_names_its_line() {
    let import = Import::new().await;
    let rows = ROWS.replace("ACME,Анна", "ACME,Ann,0\nACME,Анна");
    import.write("people.csv", windows_1251(&rows));
    let finished = import.run(&["people.csv"]).await;
    finished.assert(2, [1, 0, 0, 0]);
    assert!(finished.stderr.contains("people.csv: line 3 is not valid UTF-8"), "{finished:?}");
    assert!(finished.stderr.contains("--encoding windows-1251"), "{finished:?}");
    import.run(&["people.csv", "--encoding", "windows-1251"]).await.assert(0, [2, 1, 0, 0]);
    assert_eq!(import.names().await.into_keys().collect::<Vec<_>>(), ["Ann", "Їжак", "Анна"]);
}

#[tokio::test]
async fn rejected_rows_of_another_encoding_can_be_imported() {
    let import = Import::new().await;
    import.write("people.csv", windows_1251(&ROWS.replace(",2", "")));
    let options = ["--encoding", "windows-1251"];
    import.run(&[&["people.csv"], &options[..]].concat()).await.assert(3, [1, 0, 1, 0]);
    let rejected = import.read("people.rejected.csv");
    import.write("people.rejected.csv", rejected.replace("Їжак", "Їжак,2"));
    import.run(&[&["people.rejected.csv"], &options[..]].concat()).await.assert(0, [1, 0, 0, 0]);
    assert_both(&import).await;
}
