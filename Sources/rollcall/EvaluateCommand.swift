import ArgumentParser
import Service

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluates an attribute-mapping expression.")

  @Argument(help: "The expression.")
  var expression: String?

  @Option(help: "The attributes, as a JSON object.")
  var attributes: String?

  @Option(help: "What Now() is, in RFC 3339.")
  var now: String?

  @Option(help: "What DefaultDomain() is.")
  var defaultDomain: String?

  @Option(help: "Values that are taken already, as a JSON array.")
  var taken: String?

  @Option(help: "A file of JSON lines, one evaluation each; - is standard input.")
  var batch: String?

  func validate() throws {
    guard (expression == nil) != (batch == nil) else {
      throw ValidationError("Give either an expression or --batch.")
    }
  }

  func run() throws {
    if let batch {
      guard let lines = LineReader(path: batch) else {
        StandardError.write("The file '\(batch)' cannot be read.")
        throw Exits.failed
      }
      while let line = lines.next() {
        if !line.isEmpty { StandardOutput.write(ExpressionEvaluation.answer(toLine: line)) }
      }
      return
    }
    let answer = ExpressionEvaluation.evaluate(
      expression ?? "", attributes: attributes ?? "{}", now: now, defaultDomain: defaultDomain, taken: taken)
    switch answer {
    case .success(let text): print(StandardOutput.isTerminal ? text.printableLines : text)
    case .failure(let error):
      StandardError.write("\(error)")
      throw Exits.failed
    }
  }
}
