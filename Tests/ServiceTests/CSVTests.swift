import Service
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  @Test(
    "Given a cell, it is quoted when it must be, and no spreadsheet takes it for a formula",
    arguments: [
      ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""),
      ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"), ("+1555", "'+1555"), ("-5", "'-5"), ("@SUM", "'@SUM"),
      ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("＝1", "'＝1"), ("a=b", "a=b"), ("=\"x\"", "\"'=\"\"x\"\"\""),
      ("Zoë 🦊", "Zoë 🦊"), ("a\n=1", "\"a\n'=1\""), ("a;=1", "a;'=1"), ("a\t=1", "a\t'=1"), ("a,=1", "\"a,'=1\""),
      ("a\r\n@x", "\"a\r\n'@x\""), (" =1", " '=1"), ("a; +1", "a; '+1"), ("a\u{2028}-1", "a\u{2028}'-1"),
      ("a|=1", "a|'=1"), ("x\"=1", "\"x\"\"'=1\""), ("a -> b", "a -> b"),
    ])
  func cells(cell: String, expected: String) {
    #expect(CSV.line([cell, "end"]) == expected + ",end\r\n")
  }
}
