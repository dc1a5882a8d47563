import Expressions
import JSON
import ProvisioningModel

/// Evaluates an expression over attributes given as JSON (docs/commands.md, "Expressions").
package enum ExpressionEvaluation {
  package struct Problem: Error, CustomStringConvertible {
    package var description: String
  }

  /// One line of a batch: `{"expression", "attributes", "now", "defaultDomain", "taken"}`.
  /// - Returns: `{"value": V}`, `{"skip": true}` or `{"error": "..."}`.
  package static func answer(toLine line: String) -> String {
    let answer: JSONValue
    do {
      answer = try self.answer(to: try JSON(parsing: Array(line.utf8)))
    } catch {
      answer = ["error": .string("\(error)")]
    }
    return answer.text
  }

  /// - Returns: `{"value": V}`, `{"skip": true}`, or `{"error": "..."}` for an expression that cannot be parsed or evaluated.
  /// - Throws: What is wrong with the request around the expression.
  static func answer(to request: JSON) throws(Problem) -> JSONValue {
    guard let expression = request["expression"]?.string else { throw Problem(description: "there is no expression") }
    func text(_ name: String) throws(Problem) -> String? {
      guard let json = request[name], !json.isNull else { return nil }
      guard let text = json.string else { throw Problem(description: "\(name) must be a text") }
      return text
    }
    return try evaluate(
      expression, attributes: request["attributes"]?.value ?? [:], now: try text("now"),
      defaultDomain: try text("defaultDomain"), taken: try texts(request["taken"], "taken"))
  }

  /// - Returns: The value as JSON, or `skip`.
  package static func evaluate(
    _ expression: String, attributes: String, now: String?, defaultDomain: String?, taken: String?
  ) -> Result<String, Problem> {
    Result { () throws(Problem) in
      let answer = try evaluate(
        expression, attributes: try parsed(attributes, "--attributes").value, now: now, defaultDomain: defaultDomain,
        taken: try texts(try taken.map { text throws(Problem) in try parsed(text, "--taken") }, "--taken"))
      if let error = answer["error"]?.string { throw Problem(description: error) }
      return answer["value"]?.text ?? "skip"
    }
  }

  private static func parsed(_ text: String, _ option: String) throws(Problem) -> JSON {
    do throws(JSONError) {
      return try JSON(parsing: Array(text.utf8))
    } catch {
      throw Problem(description: "\(option): \(error)")
    }
  }

  private static func texts(_ json: JSON?, _ name: String) throws(Problem) -> [String] {
    guard let json, !json.isNull else { return [] }
    let texts = json.elements.compactMap(\.string)
    guard json.kind == .array, texts.count == json.count else {
      throw Problem(description: "\(name) must be an array of texts")
    }
    return texts
  }

  private static func evaluate(
    _ text: String, attributes: JSONValue, now: String?, defaultDomain: String?, taken: [String]
  ) throws(Problem) -> JSONValue {
    guard let attributes = attributes.object else { throw Problem(description: "the attributes must be an object") }
    let values = attributes.mapValues(value)
    var moment = SystemWallClock().now
    if let now {
      guard let given = Timestamp(now) else { throw Problem(description: "now must be a time in RFC 3339") }
      moment = given
    }
    do {
      let expression = try Expression(parsing: text)
      let result = try expression.evaluate(
        in: EvaluationContext(
          attributes: { values[$0] ?? .null }, now: moment.milliseconds, defaultDomain: defaultDomain,
          taken: EvaluationContext.taken(taken)))
      switch result {
      case .skip: return ["skip": true]
      case .null: return ["value": nil]
      case .texts, .roles: return ["value": .array(result.texts.map { .string($0) })]
      default: return ["value": result.text.map { .string($0) } ?? .null]
      }
    } catch {
      return ["error": .string("\(error)")]
    }
  }

  /// Objects with an id and a display name are app role assignments.
  private static func value(_ json: JSONValue) -> Value {
    switch json {
    case .null: .null
    case .string(let text): .text(text)
    case .boolean(let boolean): .boolean(boolean)
    case .integer(let integer): .number(Number(integer))
    case .real(let real): Number("\(real)").map { .number($0) } ?? .text("\(real)")
    case .array(let elements) where elements.contains { $0.object != nil }: .roles(elements.compactMap(role))
    case .array(let elements): .texts(elements.compactMap(\.string))
    case .object: role(json).map { .roles([$0]) } ?? .null
    }
  }

  private static func role(_ json: JSONValue) -> Value.AppRole? {
    guard let object = json.object else { return nil }
    return Value.AppRole(
      id: object["id"]?.string ?? "", value: object["value"]?.string, displayName: object["displayName"]?.string)
  }
}
