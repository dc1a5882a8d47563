import Expressions
import Testing

@Suite struct ChoiceTests {
  @Test(
    arguments: [
      ("[n] = 1", false), ("[n] <> 1", true), ("[n] > 1", false), ("[n] <= 1", false), (#"[n] = """#, false),
      ("[n] = [m]", false), ("[n] <> [m]", true),
      ("1 = 1.0", true), ("[nine] < 10", true), (#"[nine] < "10""#, false), ("10 > [nine]", true), ("-1 < 0", true),
      ("-2 < -1.5", true), ("0 = -0", true),
      ("007 = 7", true), ("12345678901234567890 > 12345678901234567889", true), ("1.10 > 1.9", false),
      ("&HFF = 255", true), (#""a" < "b""#, true), (#""B" < "a""#, true),
      (#""é" = "e\#u{301}""#, false), (#"[yes] = "True""#, true), (#"[yes] = "true""#, false),
      ("Now() = CDate(\"2000-01-01\")", true), ("[date] < Now()", true),
      ("Now() >= [date]", true), (#"Now() = "1/1/2000 12:00:00 AM""#, true), (#"[text] > 5"#, true),
      ("Len([text]) >= 3", true), ("IsPresent([text])", true),
      ("IsNull([n])", true), ("[yes]", true), ("[n]", false), ("0", false), (#""FALSE""#, false),
      ("CBool([nine])", true), (#"Not([yes]) = "False""#, true),
    ])
  func `A condition holds or does not`(condition: String, holds: Bool) throws {
    let attributes: [String: Value] = [
      "nine": .text("9"), "yes": .boolean(true), "text": .text("abc"), "date": .text("1999-12-31"),
    ]
    #expect(try evaluate("IIF(\(condition), 1, 0)", attributes).text == (holds ? "1" : "0"))
  }

  @Test func `Only what is chosen is evaluated`() throws {
    #expect(try evaluate("IIF(1 = 1, 2, DefaultDomain())").text == "2")
    #expect(try evaluate(#"Switch("a", DefaultDomain(), "a", 2, "b", DefaultDomain())"#).text == "2")
    #expect(try evaluate(#"Coalesce("a", DefaultDomain())"#).text == "a")
  }

  @Test(
    arguments: [
      #"Append("a", IgnoreFlowIfNullOrEmpty([n]))"#, "IIF(1 = 1, IgnoreAttributeFlow, 2)",
      "IIF(1 = 1, IgnoreObjectFlow, 2)",
      "Redact(IgnoreFlowIfNullOrEmpty([n]))", #"Switch("a", , "a", IgnoreAttributeFlow)"#,
      "IIF(IgnoreFlowIfNullOrEmpty([n]) = 1, 1, 2)", "IgnoreAttributeFlow",
      #"IgnoreFlowIfNullOrEmpty(Switch([n], "", "3443", "Dr."))"#, "IgnoreFlowIfNullOrEmpty(Split(\"\", \",\"))",
      "Len(IgnoreAttributeFlow)",
    ])
  func `Skip leaves out the attribute wherever it arises`(expression: String) throws {
    #expect(try evaluate(expression) == .skip)
  }

  @Test func `A skip that is not chosen does nothing`() throws {
    #expect(try evaluate("IIF(1 = 2, IgnoreAttributeFlow, 2)").text == "2")
  }

  @Test(
    arguments: [
      ("IsNull([many])", "False"), ("IsNull([none])", "True"), ("IsPresent([many])", "True"),
      ("IsPresent([no])", "True"), ("IsString([n])", "False"),
      ("IsString(1)", "True"), ("IsString([many])", "False"), ("IsNothing([n])", "True"), ("Not([n])", "True"),
      (#"Not("TRUE")"#, "False"), ("Not([no])", "True"),
      ("Count([many])", "2"), ("Count([none])", "0"), (#"Coalesce([none], "x")"#, "x"), ("CBool(0.0)", "False"),
      (#"CBool("1")"#, "True"), (#"CBool("tRUE")"#, "True"),
      ("CStr(CDate(\"2024-01-02\"))", "1/2/2024 12:00:00 AM"), ("CStr(1.50)", "1.50"), ("Len(0042.50)", "7"),
      ("Join(\"\", 007, -1, &HF7)", "007-1247"), ("BitAnd(-1, 255)", "255"),
    ])
  func `Questions and conversions`(expression: String, result: String) throws {
    let attributes: [String: Value] = ["many": .texts(["a", "b"]), "none": .texts([]), "no": .boolean(false)]
    #expect(try evaluate(expression, attributes).text == result)
  }

  @Test func `Switch tells keys apart by letter case and composition`() throws {
    let expression = #"Switch([x], "none", "é", "composed", "É", "upper")"#
    #expect(try evaluate(expression, ["x": .text("é")]).text == "composed")
    #expect(try evaluate(expression, ["x": .text("e\u{301}")]).text == "none")
    #expect(try evaluate(expression, ["x": .text("É")]).text == "upper")
  }
}
