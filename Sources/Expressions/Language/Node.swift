enum Node: Sendable {
  case constant(Value)
  case attribute(String)
}
