import Expressions
import Testing

@Suite struct ReplaceTests {
  @Test(
    arguments: [
      (#"Replace([x], , "(a)(?<n>b)(c)", , "$1-$2-$3-${n}", , )"#, "abc", "a-c-b-b"),
      (#"Replace([x], , "b", , "[$&|$`|$'|$_|$$|$9|${no}|$]", , )"#, "abc", "a[b|a|c|abc|$|$9|${no}|$]c"),
      (#"Replace([x], , "(a)(b)?", , "<$2$+>", , )"#, "aab", "<><bb>"),
      (#"Replace([x], , "x*", , "-", , )"#, "axb", "-a--b-"),
      (#"Replace([x], , "[a-zA-Z_]*", , "", , )"#, "jan_1234", "1234"),
      (#"Replace([x], , "(?<Suffix>@(.)*)", "Suffix", "", , )"#, "kim@ops.example", "kim"),
      (#"Replace([x], , "(?<a>\\d)-(?<b>\\d)", "b", "=", , )"#, "1-2 3-4", "1-= 3-="),
      (#"Replace([x], , "(?<a>\\d)", "a", "$&", , )"#, "7", "$&"),
      (#"Replace([x], , "(?<a_b>\\d)(?'c'x)", , "${c}${a_b}", , )"#, "7x", "x7"),
      (#"Replace([x], , "(?<n>a)|(?<n>b)", , "<${n}>", , )"#, "ab", "<a><b>"),
      (#"Replace([x], , "(\\w)\\1", , "=", , )"#, "aabcc", "=b="),
      (#"Replace([x], , "(?<n>\\w)\\k<n>", , "=", , )"#, "aabcc", "=b="),
      (#"Replace([x], , "[a-z-[aeiou]]", , "", , )"#, "education", "euaio"),
      (#"Replace([x], , "[[&&]", , "", , )"#, "a[b&c", "abc"),
      (#"Replace([x], , "[\\w-.]", , "", , )"#, "a-.+", "+"),
      (#"Replace([x], , "[]a]", , "", , )"#, "a]b", "b"),
      (#"Replace([x], , "[^\\]]", , "", , )"#, "a]b", "]"),
      (#"Replace([x], , "{", , "(", , )"#, "a{b", "a(b"),
      (#"Replace([x], , "a{,2}", , "!", , )"#, "a{,2}", "!"),
      (#"Replace([x], , "a{2}", , "!", , )"#, "aaa", "!a"),
      (#"Replace([x], , "(?i)ABC", , "!", , )"#, "xabc", "x!"),
      (#"Replace([x], , "(?#note)b", , "!", , )"#, "abc", "a!c"),
      (#"Replace([x], , "(?<=a)b(?!c)", , "!", , )"#, "abc ab", "abc a!"),
      (#"Replace([x], , "c$", , "!", , )"#, "abc\n", "ab!\n"),
      (#"Replace([x], , ".", , "!", , )"#, "a\r\u{2028}\nb", "!!!\n!"),
      (#"Replace([x], , "^b", , "!", , )"#, "a\nb", "a\nb"),
      (#"Replace([x], , "(?m)^b", , "!", , )"#, "a\nb", "a\n!"),
      (#"Replace([x], , "\\d", , "=", , )"#, "1٣", "=="),
      (#"Replace([x], , "\\w+", , "=", , )"#, "é_ж9 ", "= "),
      (#"Replace([x], , "\\s", , "", , )"#, "a\u{A0}\u{B}\tb", "ab"),
      (#"Replace([x], , "[^\\u0000-\\u007F]", , "?", , )"#, "aé😀", "a??"),
      (#"Replace([x], , "\\uD83D\\uDE00", , "!", , )"#, "a😀", "a!"),
      (#"Replace([x], , "\\x41\\t", , "!", , )"#, "A\t", "!"),
      (#"Replace([x], , "\\p{Lu}\\P{L}", , "!", , )"#, "aB1", "a!"),
      (#"Replace([x], , "\\p{IsCyrillic}", , "!", , )"#, "aж", "a!"),
      (#"Replace([x], , "\\w", , "!", , )"#, "e\u{301}", "!!"),
      (#"Replace([x], "", "b", "", "!", , "")"#, "abc", "a!c"),
      (#"Replace([x], "a", , , "", , )"#, "banana", "bnn"),
      (#"Replace([x], "aa", , , "b", , )"#, "aaa", "ba"),
      (#"Replace([x], "é", , , "e", , )"#, "e\u{301}é", "e\u{301}e"),
      (#"Replace([x], [x], , , "all", , )"#, "abc", "all"),
      (#"Replace([x], "<>", , , , , "<>-<>")"#, "v", "v-v"),
    ])
  func `Regular expressions and replacements mean what they mean in .NET`(expression: String, x: String, result: String)
    throws
  {
    #expect(try Vector.Outcome(value: evaluate(expression, ["x": .text(x)])) == .text(result))
  }

  @Test(
    arguments: [
      ("(a", "not closed"), ("a)", "closes nothing"), ("[a", "not closed"), ("*a", "nothing to repeat"),
      ("a**", "nothing to repeat"),
      ("a++", "nothing to repeat"), (#"a\\"#, "lone backslash"), ("[z-a]", "wrong way round"),
      (#"[a-\\w]"#, "ends with a class"),
      (#"\\1"#, "no group 1"), (#"\\k<n>"#, "no group n"), (#"\\y"#, "no escape"), (#"\\u12"#, "4 hexadecimal digits"),
      (#"\\p{L"#, "category"),
      ("(?<a-b>x)", "balancing"), ("(?(1)a|b)", "not supported"), ("(?x)a", "not supported"), ("(?<n", "not closed"),
      ("(?<a b>x)", "letters, digits"), ("(?<=a+)b", "engine"), ("[a-[b]c]", "last"), ("(?", "not closed"),
      (#"\\uD83D"#, "surrogate"),
    ])
  func `A pattern that cannot be used is refused when the expression is parsed`(pattern: String, part: String) throws {
    let error = try #require(parsingError(#"Replace([x], , "\#(pattern)", , "", , )"#))
    #expect(error.position.description == "line 1, column 16")
    #expect(error.message.contains(part), "\(error)")
  }

  @Test(arguments: [#"Replace([x], , [p], , "", , )"#, #"Replace([x], , [p], "g", "", , )"#])
  func `A pattern that is a value is judged when it is evaluated`(expression: String) throws {
    let error = try #require(try evaluationError(expression, ["x": .text("a"), "p": .text("(secret")]))
    #expect(error.message.contains("regexPattern (argument 3, [p])"))
    #expect(!error.message.contains("secret"))
    #expect(try evaluate(expression, ["x": .text("a")]) == .text("a"))
  }

  @Test(
    arguments: [
      #"Replace([x], "a", "b", , "c", , )"#, #"Replace([x], "a", , , "b", , "c")"#, #"Replace([x], , "a", , , , )"#,
      "Replace([x], , , , , , )",
      #"Replace([x], , "a", , , [y], )"#, #"Replace([x], , , "g", "b", , )"#, #"Replace([x], "a", , , , [y], )"#,
    ])
  func `A combination of arguments without a meaning is refused`(expression: String) throws {
    let error = try #require(parsingError(expression))
    #expect(error.message.contains("give oldValue and replacementValue"))
  }

  @Test func `A group that the pattern lacks is refused`() throws {
    let error = try #require(parsingError(#"Replace([x], , "(?<a>b)", "c", "", , )"#))
    #expect(error.message.contains(#"no group "c""#))
  }

  @Test(
    arguments: [
      "(a+)+$", "(a|aa)+$", "(.*)(.*)(.*)(.*)[^a!]", "(?:(?=a*)a)*b", "(?>a*)b", "^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
    [30, 19_000])
  func `A pattern that backtracks without end is stopped`(pattern: String, length: Int) throws {
    let text = Value.text(String(repeating: "a", count: length) + "!")
    let clock = ContinuousClock()
    let start = clock.now
    let error = try evaluationError(#"Replace([x], , "\#(pattern)", , "", , )"#, ["x": text])
    // The limit is 100 ms; the rest is for a machine that does other things too.
    #expect(clock.now - start < .seconds(5))
    if length > 30 { #expect(error?.kind == .regularExpressionLimit) }
  }

  @Test func `A pattern that would fill the memory is stopped`() throws {
    let groups = String(repeating: "(", count: 60) + "a" + String(repeating: ")", count: 60)
    let error = try evaluationError(
      #"Replace([x], , "(?:\#(groups))*b", , "", , )"#, ["x": .text(String(repeating: "a", count: 19_000))])
    #expect(error?.kind == .regularExpressionLimit)
    #expect(error?.message.contains("memory") == true)
  }

  @Test func `A text too long to be searched is an error of its own`() throws {
    let text = Value.text(String(repeating: "a", count: 20_001))
    #expect(try evaluationError(#"Replace([x], , "b", , "", , )"#, ["x": text])?.kind == .tooLong)
  }

  @Test func `An empty source takes the fallback like an absent one`() throws {
    let expression = #"Replace([desk], , "(?<n>\\d+)", "n", , [mobile], )"#
    #expect(try evaluate(expression, ["desk": .text(""), "mobile": .text("ext 12, 13")]) == .text("12"))
    #expect(try evaluate(expression, ["desk": .text("1")]) == .text("1"))
    #expect(try evaluate(expression) == .null)
  }
}
