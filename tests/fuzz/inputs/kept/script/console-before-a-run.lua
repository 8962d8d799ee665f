machine {}
local g = guest { image = "hello" }
print(g:console())
