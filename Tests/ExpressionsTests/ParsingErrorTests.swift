import Expressions
import Testing

@Suite struct ParsingErrorTests {
  @Test(
    arguments: [
      ("", 1, 1, "empty"),
      ("  ", 1, 3, "empty"),
      (#"Append([givenName], "x""#, 1, 7, "bracket of Append is not closed"),
      ("[givenName", 1, 1, "no closing bracket"),
      ("[]", 1, 1, "no attribute"),
      (#"Append("abc"#, 1, 8, "no closing quote"),
      ("Append([givenName], x)", 1, 21, #""x" for text or [x]"#),
      ("Append([a] [b])", 1, 12, "comma"),
      ("[a] [b]", 1, 5, "complete"),
      ("Now())", 1, 6, "closes nothing"),
      (#"[a], "b""#, 1, 4, "only between the arguments"),
      ("([a])", 1, 1, "after a function's name"),
      ("]", 1, 1, "does not belong"),
      ("'abc'", 1, 1, "double quotes"),
      ("“abc”", 1, 1, "double quotes"),
      (#""a" & "b""#, 1, 5, "Append or Join"),
      (#""a" + "b""#, 1, 5, "Append or Join"),
      ("IIF([a]=1 AND [b]=2, 1, 2)", 1, 11, "second argument"),
      ("IIF([a]=1 or [b]=2, 1, 2)", 1, 11, "third argument"),
      ("IIF([a]=1=2, 1, 2)", 1, 10, "one comparison"),
      ("IIF([a]=, 1, 2)", 1, 9, "missing"),
      (#"[a] = "x""#, 1, 5, "condition of IIF"),
      ("Append([a]=[b], [c])", 1, 11, "condition of IIF"),
      ("5.", 1, 1, "not a number"),
      ("7abc", 1, 1, "not a number"),
      ("&HXYZ", 1, 1, "not a number"),
      ("&H-1", 1, 1, "not a number"),
      ("&HFFFFFFFFFFFFFFFFF", 1, 1, "not a number"),
      ("Append([a],\n  Fooo([b]))", 2, 3, "unknown function Fooo"),
      ("Append([a],\r\n\tShout([b]))", 2, 2, "unknown function Shout"),
    ])
  func `An error tells its place and what is wrong`(expression: String, line: Int, column: Int, part: String) throws {
    let error = try #require(parsingError(expression))
    #expect(error.position.description == "line \(line), column \(column)", "\(error)")
    #expect(error.message.contains(part), "\(error)")
  }

  @Test(
    arguments: [
      ("append([x])", "write Append"),
      ("Joinn([x])", "Did you mean Join?"),
      ("ToLowr([x])", "Did you mean ToLower?"),
      ("LCase([x])", "nearest here is ToLower"),
      ("Trim([x])", "nearest here is StripSpaces"),
      ("InStr([a], [b], 1, vbTextCompar)", "Did you mean vbTextCompare?"),
      ("IIF([a]=1, IgnoreAttributFlow, 2)", "Did you mean IgnoreAttributeFlow?"),
      ("Now", "needs brackets: Now()"),
      (#"FormatDateTime([x], "AllowInerWhite", "yyyy", "yy")"#, "Did you mean AllowInnerWhite?"),
    ])
  func `An unknown name is answered with the nearest one`(expression: String, part: String) throws {
    let error = try #require(parsingError(expression))
    #expect(error.message.contains(part), "\(error)")
  }

  @Test(
    arguments: [
      ("Left([x])", "lacks its argument 2, count"),
      ("Left(, 3)", "lacks its argument 1, text"),
      ("Left([x], 1, 2)", "at most 2 arguments, not 3"),
      ("Now(1)", "no arguments"),
      ("Coalesce()", "lacks its argument 1"),
      (#"SelectUniqueValue([a])"#, "lacks its argument 2"),
      (#"Switch([x], "d", "a")"#, "pair up"),
      (#"Switch([x], "d", "a", "b", "c")"#, "pair up"),
      (#"Switch([x], "d", "a", "b", , "c")"#, "key is missing"),
      (#"Switch([x], "d")"#, "lacks its argument 3"),
      (#"ToLower([x], "not a culture")"#, "culture"),
      (#"DateAdd("q", 1, Now())"#, "yyyy, m, d, ww, h, n, s"),
      (#"FormatDateTime([x], , "yyyy", )"#, "outputFormat"),
      (#"FormatDateTime([x], , "'yyyy", "yyyy")"#, "quote is not closed"),
      (#"InStr([a], [b], 1, "vbTextCompare")"#, "without quotes"),
      ("vbTextCompare", "fourth argument of InStr"),
      ("Append(vbBinaryCompare, [a])", "fourth argument of InStr"),
      (#"ToLower(SelectUniqueValue("a", "b"))"#, "outermost"),
    ])
  func `A call with unsuitable arguments is refused before it is evaluated`(expression: String, part: String) throws {
    let error = try #require(parsingError(expression))
    #expect(error.message.contains(part), "\(error)")
  }

  @Test func `Trailing empty arguments may be left out`() throws {
    #expect(try evaluate(#"Replace("a-b", "-", , , "_")"#) == .text("a_b"))
    #expect(try evaluate(#"IIF(1 = 2, "yes")"#) == .null)
  }
}
