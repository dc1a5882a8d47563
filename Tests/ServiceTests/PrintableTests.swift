import Service
import Testing

@Suite("Text for a terminal")
struct PrintableTests {
  @Test(
    "Given a name that commands the terminal, its controls are written out",
    arguments: [
      ("Ada Lovelace", "Ada Lovelace"), ("Zoë 🦊 山田", "Zoë 🦊 山田"), ("", ""),
      ("Ada\ncreate   Eve", "Ada\\u{A}create   Eve"), ("a\r\nb", "a\\u{D}\\u{A}b"), ("\u{1B}[2J", "\\u{1B}[2J"),
      ("\u{1B}]0;title\u{7}", "\\u{1B}]0;title\\u{7}"), ("a\u{9B}2Jb", "a\\u{9B}2Jb"), ("a\u{8}b", "a\\u{8}b"),
      ("a\u{202E}b\u{2066}c", "a\\u{202E}b\\u{2066}c"), ("a\u{2028}b", "a\\u{2028}b"), ("a\u{7F}b", "a\\u{7F}b"),
      ("a\tb", "a\\u{9}b"), ("\u{200F}a", "\\u{200F}a"),
    ])
  func written(name: String, expected: String) {
    #expect(name.printable == expected)
  }

  @Test("Given text of several lines, its lines stay")
  func lines() {
    #expect("one\ntwo\u{1B}\n".printableLines == "one\ntwo\\u{1B}\n")
  }
}
