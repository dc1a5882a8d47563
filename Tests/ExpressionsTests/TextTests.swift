import Expressions
import Testing

@Suite struct TextTests {
  @Test(
    arguments: [
      ("Left([x], 2)", "a😀b", "a"), ("Left([x], 3)", "a😀b", "a😀"), ("Mid([x], 3, 2)", "a😀b", "b"),
      ("Mid([x], 2, 2)", "a😀b", "😀"),
      ("Mid([x], 2, 1)", "a😀b", ""), ("Mid([x], 1, 0)", "ab", ""), ("Len([x])", "a😀e\u{301}", "5"),
      ("Len([x])", "👨‍👩‍👧", "8"),
      (#"InStr([x], "b")"#, "a😀b", "4"), (#"InStr([x], "e")"#, "e\u{301}", "1"), (#"InStr([x], "é")"#, "e\u{301}", "0"),
      (#"InStr([x], "ÄB", 1, vbTextCompare)"#, "xäb", "2"), (#"InStr([x], "a", 4)"#, "abc", "0"),
      (#"InStr([x], "")"#, "abc", "1"),
      (#"InStr([x], "quick")"#, "The quick brown fox", "5"), (#"InStr([x], "e", 3, vbBinaryCompare)"#, "repEated", "7"),
      ("Left([x], 4)", "שלום עולם", "שלום"), (#"Word([x], 2, " ")"#, "שלום עולם", "עולם"),
      (#"Word([x], 3, ",!&#")"#, "This,string!has&many", "has"),
      (#"Word([x], 1, " ")"#, "solo", "solo"), (#"Word([x], 1, " ")"#, "   ", ""),
      (#"Join("·", [x], "é")"#, "e\u{301}", "e\u{301}·é"),
      ("ConvertToUTF8Hex([x])", "😀", "F09F9880"), ("ConvertToBase64([x])", "😀", "PdgA3g=="),
      ("ConvertToBase64([x])", "", ""),
      ("Left([x], 9223372036854775807)", "ab", "ab"), ("Mid([x], 9223372036854775807, 9223372036854775807)", "ab", ""),
      (#"Join(", ", [x], " ", "b")"#, "a", "a,  , b"), ("Prepend([x], \"b\")", "a", "ab"),
      ("CStr([x])", "cn=Joe,dc=contoso", "cn=Joe,dc=contoso"),
    ])
  func `Text is counted in UTF-16 units and no surrogate pair is cut`(expression: String, x: String, result: String)
    throws
  {
    #expect(try Vector.Outcome(value: evaluate(expression, ["x": .text(x)])).sameText(as: result))
  }

  @Test(
    arguments: [
      ("ToUpper([x])", "straße ﬁ ŉ ǆ ᾳ ı i ÿ", "STRAßE ﬁ ŉ Ǆ ᾼ ı I Ÿ"), ("ToLower([x])", "ΣΑΣ İ I ẞ K", "σασ İ i ß k"),
      (#"ToLower([x], "en-US")"#, "İ", "i"),
      (#"ToUpper([x], "de")"#, "ıi", "II"), (#"ToUpper([x], "tr-TR")"#, "ıi", "Iİ"),
      (#"ToLower([x], "az-Latn-AZ")"#, "Iİ", "ıi"),
      (#"ToLower([x], "fil-PH")"#, "I", "i"), (#"ToLower([x], "")"#, "İ", "İ"), (#"ToLower([x], "tur")"#, "I", "ı"),
      ("ToUpper([x])", "e\u{301}😀𐐨", "E\u{301}😀𐐀"),
      ("PCase([x])", "jean-luc O'NEIL (mc)", "Jean-Luc O'Neil (Mc)"), ("PCase([x])", "2nd a1b ß", "2Nd A1b ß"),
      (#"PCase([x], "")"#, "AB-CD", "Ab-cd"),
      ("PCase([x])", "ǆ ÉCOLE e\u{301}COLE", "ǅ École E\u{301}cole"),
      ("PCase([x])", "a\u{200B}b c\u{A0}d", "A\u{200B}B C\u{A0}D"),
    ])
  func `Letter case changes one character to one character`(expression: String, x: String, result: String) throws {
    #expect(try Vector.Outcome(value: evaluate(expression, ["x": .text(x)])).sameText(as: result))
  }

  @Test(
    arguments: [
      ("Zoë Šťastný Đặng", "Zoe Stastny Đang"), ("e\u{301}\u{323}", "e"),
      ("æ ǣ Ǽ ø ǿ Ø œ œ\u{304} Œ", "ae ae AE oe oe OE oe oe OE"), ("ß ẞ ł Ł ı İ", "ss SS l L i I"),
      ("đ ð þ ħ ŋ ŧ", "đ ð þ ħ ŋ ŧ"), ("Ёлка й и\u{306}", "Ёлка й и\u{306}"),
      ("ά α\u{301} か\u{3099}", "ά α\u{301} か\u{3099}"), ("ẖ ǰ ẘ ẗ ȫ ḹ", "h j w t o l"),
      ("plain", "plain"), ("😀é", "😀e"), ("Å K", "A K"), ("o\u{328}\u{304}", "o"),
    ])
  func `Diacritics go from Latin letters only`(x: String, result: String) throws {
    #expect(try Vector.Outcome(value: evaluate("NormalizeDiacritics([x])", ["x": .text(x)])).sameText(as: result))
  }

  @Test(
    arguments: [
      (#"Split([x], ",")"#, "PermissionSetOne, PermissionSetTwo", ["PermissionSetOne", "PermissionSetTwo"]),
      (#"Split([x], ",")"#, ",a,, ,b,", ["a", "b"]),
      (#"Split([x], "😀")"#, "a😀b", ["a", "b"]), (#"Split([x], ",")"#, "", []),
      (#"Split([x], " ")"#, "a  b", ["a", "b"]),
    ])
  func `Split trims its elements and drops empty ones`(expression: String, x: String, result: [String]) throws {
    #expect(try evaluate(expression, ["x": .text(x)]) == .texts(result))
  }

  @Test(
    arguments: [
      "Prepend(\"a\", [x])", "Mid([x], 1, 1)", #"Split([x], ",")"#, "StripSpaces([x])", "ToLower([x])", "PCase([x])",
      "NormalizeDiacritics([x])",
      "ConvertToBase64([x])", "ConvertToUTF8Hex([x])",
      #"Replace([x], "a", , "b")"#.replacing(", \"b\"", with: ", , \"b\""), "CStr([x])", "CBool([x])",
      "BitAnd([x], 1)", "RemoveDuplicates([x])", "Item([x], 1)", "Redact([x])", "AppRoleAssignmentsComplex([x])",
      "SingleAppRoleAssignment([x])",
    ])
  func `Null stays null`(expression: String) throws {
    #expect(try evaluate(expression) == .null)
    #expect(try evaluate(expression, ["x": .texts([])]).text == nil)
  }

  @Test(
    arguments: [
      ("Mid([x], 0, 1)", "start (argument 2)"), ("Mid([x], 1, -1)", "length (argument 3)"),
      (#"InStr([x], "a", 0)"#, "start (argument 3)"),
      ("Left([x], [none])", "count (argument 2, [none]) has no value"), ("Left([x], 1.5)", "whole number"),
      ("Left([x], [x])", "is not a number"),
      (#"Split([x], "ab")"#, "one character"), ("Item([many], 0)", "1 or more"),
      ("Item([many], 3)", "index (argument 2)"), ("ToLower([many])", "several values"),
      (#"Word([x], "b", " ")"#, "number (argument 2)"), ("BitAnd([x], 1)", "is not a number"),
      ("CBool([x])", "neither"), ("IIF([x], 1, 2)", "neither"),
      ("ToLower([x], [x])", "culture"), ("DefaultDomain()", "default verified domain"),
      ("SingleAppRoleAssignment([x])", "no list of app roles"),
      ("Join(\",\", [roles])", "SingleAppRoleAssignment"), ("IIF([many] = 1, 1, 2)", "several values"),
      ("DateAdd(\"d\", 1, [none])", "has no value"),
      ("RandomString(300)", "0 to 256"), ("RandomString(2, 1, 1, 1, 0)", "minimumCapital"),
      ("RandomString(1, 1, 0, 0, 0, \"0123456789\")", "minimumNumbers"),
    ])
  func `An unsuitable value is an error that names the argument and not the value`(expression: String, part: String)
    throws
  {
    let attributes: [String: Value] = [
      "x": .text("personal"), "many": .texts(["personal", "data"]),
      "roles": .roles([.init(id: "1", value: nil, displayName: "A")]),
    ]
    let error = try #require(try evaluationError(expression, attributes))
    #expect(error.message.contains(part), "\(error)")
    #expect(!error.description.contains("personal"))
    #expect(error.position.line == 1)
  }

  @Test func `A list with one element counts as that element`() throws {
    #expect(try evaluate("ToUpper([x])", ["x": .texts(["a"])]) == .text("A"))
    #expect(try evaluate(#"Switch([x], , "a", "1")"#, ["x": .texts(["a"])]) == .text("1"))
  }

  @Test func `Duplicates are told apart by their UTF-16 units`() throws {
    let values = ["é", "e\u{301}", "E", "e", "é"]
    let result = try evaluate("RemoveDuplicates([x])", ["x": .texts(values)])
    #expect(result.texts.map { Array($0.utf8) } == values.prefix(4).map { Array($0.utf8) })
  }
}

extension Vector.Outcome {
  func sameText(as text: String) -> Bool {
    self == .text(text)
  }
}
