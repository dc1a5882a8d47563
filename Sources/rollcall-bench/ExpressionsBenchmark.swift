import Expressions

/// How many evaluations of a mapping a core does in a second, beside a closure that does the same in plain Swift.
func benchmarkExpressions() throws {
  let attributes: [String: Value] = [
    "givenName": .text("Anne-Marie"), "surname": .text("Keita"), "country": .text("SN"),
    "department": .text("Operations"),
  ]
  let context = EvaluationContext(attributes: { attributes[$0] ?? .null }, now: 0)
  let expression = try Expression(
    parsing: """
      Join(" ", Replace([givenName], "-", , , " ", , ), [surname], [middleName],
        Switch([country], [country], "DE", "Germany", "FR", "France", "ML", "Mali", "SN", "Senegal"))
      """)
  let expected = try expression.evaluate(in: context).text

  func byHand() -> String {
    func attribute(_ name: String) -> String? { context.attributes(name).text }
    let country =
      switch attribute("country") {
      case "DE": "Germany"
      case "FR": "France"
      case "ML": "Mali"
      case "SN": "Senegal"
      case let other: other
      }
    let givenName = attribute("givenName").map { String(decoding: $0.utf8.map { $0 == 45 ? 32 : $0 }, as: UTF8.self) }
    var joined = ""
    for case let part? in [givenName, attribute("surname"), attribute("middleName"), country] where !part.isEmpty {
      if !joined.isEmpty { joined += " " }
      joined += part
    }
    return joined
  }
  precondition(byHand() == expected, "the closure does not do what the expression does")

  let evaluated = try perSecond { try expression.evaluate(in: context).text?.utf8.count ?? 0 }
  let handwritten = perSecond { byHand().utf8.count }
  let pattern = try Expression(
    parsing: #"Replace([givenName], , "(?<first>\\w+)-(?<second>\\w+)", , "${second} ${first}", , )"#)
  let matched = try perSecond { try pattern.evaluate(in: context).text?.utf8.count ?? 0 }
  let parsed = try perSecond { try Expression(parsing: expression.text).text.utf8.count }
  print(
    "expressions: Join, Replace and Switch: \(evaluated) evaluations/s, \(evaluated * 100 / handwritten) % of plain Swift"
  )
  print("expressions: Replace by regular expression: \(matched) evaluations/s; parsing: \(parsed) expressions/s")
}

/// The best of five rounds, as other work on the machine only ever slows one down.
private func perSecond(_ body: () throws -> Int) rethrows -> Int {
  let clock = ContinuousClock()
  let count = 20_000
  var best = Duration.seconds(3600)
  var bytes = 0
  for _ in 0..<5 {
    best = min(best, try clock.measure { for _ in 0..<count { bytes += try body() } })
  }
  precondition(bytes > 0, "nothing was evaluated")
  return Int(Double(count) / (best / .seconds(1)))
}
