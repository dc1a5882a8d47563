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
      ("Zoë 🦊", "Zoë 🦊"),
    ])
  func cells(cell: String, expected: String) {
    #expect(CSV.line([cell, "end"]) == expected + ",end\r\n")
  }
}
