import Expressions
import JSON
import Provisioning

/// Evaluates an expression over attributes given as JSON (contract, section 1, `evaluate`).
package enum ExpressionEvaluation {
  package struct Problem: Error, CustomStringConvertible {
    package var description: String
  }

  /// One line of a batch: `{"expression", "attributes", "now", "defaultDomain", "taken"}`.
  /// - Returns: `{"value": V}`, `{"skip": true}` or `{"error": "..."}`.
  package static func answer(toLine line: String) -> String {
    let answer: JSONValue
    do {
      let request = try JSON(parsing: Array(line.utf8))
      guard let expression = request["expression"]?.string else {
        throw Problem(description: "the line has no expression")
      }
      answer = try evaluate(
        expression, attributes: request["attributes"]?.value ?? [:], now: request["now"]?.string,
        defaultDomain: request["defaultDomain"]?.string, taken: request["taken"]?.elements.compactMap(\.string) ?? [])
    } catch {
      answer = ["error": .string("\(error)")]
    }
    return answer.text
  }

  /// - Returns: The value as JSON, or `skip`.
  package static func evaluate(
    _ expression: String, attributes: String, now: String?, defaultDomain: String?, taken: String?
  ) -> Result<String, Problem> {
    do {
      let attributes = try parsed(attributes, "--attributes").value
      let taken = try taken.map { try parsed($0, "--taken").elements.compactMap(\.string) } ?? []
      let answer = try evaluate(
        expression, attributes: attributes, now: now, defaultDomain: defaultDomain, taken: taken)
      return .success(answer["value"]?.text ?? "skip")
    } catch {
      return .failure(Problem(description: "\(error)"))
    }
  }

  private static func parsed(_ text: String, _ option: String) throws -> JSON {
    do { return try JSON(parsing: Array(text.utf8)) } catch { throw Problem(description: "\(option): \(error)") }
  }

  private static func evaluate(
    _ text: String, attributes: JSONValue, now: String?, defaultDomain: String?, taken: [String]
  ) throws -> JSONValue {
    guard let attributes = attributes.object else { throw Problem(description: "the attributes must be an object") }
    let values = attributes.mapValues(value)
    var moment = SystemWallClock().now
    if let now {
      guard let given = Timestamp(now) else { throw Problem(description: "now must be a time in RFC 3339") }
      moment = given
    }
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
